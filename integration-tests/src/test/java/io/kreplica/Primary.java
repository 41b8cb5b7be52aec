package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kreplica.source.MasterFixture;
import io.kreplica.stack.Directories;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;

/** A server whose data are copied file by file, and what is started on the copy. */
public final class Primary implements AutoCloseable {

  private final PostgresVersion version;
  private final Path directory = Directories.createTemporary("kreplica-primary-");
  private final Path copyDirectory = Directories.createTemporary("kreplica-copy-");
  private final PostgresServer server;
  private PostgresServer copy;

  private Primary(PostgresVersion version) {
    this.version = version;
    this.server = PostgresServer.builder(version).directory(directory).start();
  }

  public static Primary start(PostgresVersion version) {
    return new Primary(version);
  }

  public PostgresServer server() {
    return server;
  }

  /** Copies the data while the server is down; it is up again afterwards. */
  public void copyData() throws IOException {
    server.stop();
    var from = directory.resolve("data");
    var to = copyDirectory.resolve("data");
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    server.restart();
  }

  /** Starts the copy as a standby that follows this server. */
  public PostgresServer startStandby() throws IOException {
    var data = copyDirectory.resolve("data");
    Files.createFile(data.resolve("standby.signal"));
    Files.writeString(
        data.resolve("postgresql.auto.conf"),
        "primary_conninfo = 'host=127.0.0.1 port=" + server.port() + " user=postgres'\n");
    return startCopy();
  }

  /** Starts the copy as it is: a server that was restored from an image of its disk. */
  public PostgresServer startCopy() {
    copy = PostgresServer.builder(version).directory(copyDirectory).start();
    return copy;
  }

  /** Waits until the standby has all that this server has written so far. */
  public void awaitReplayed(PostgresServer standby) throws SQLException {
    try (var connection = server.connect("postgres");
        var other = standby.connect("postgres")) {
      var written = MasterFixture.rows(connection, "select pg_current_wal_flush_lsn()").get(0);
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          MasterFixture.rows(
                              other, "select pg_last_wal_replay_lsn() >= '" + written + "'"))
                      .containsExactly("t"));
    }
  }

  public static void promote(PostgresServer standby) throws SQLException {
    try (var connection = standby.connect("postgres")) {
      assertThat(MasterFixture.rows(connection, "select pg_promote()")).containsExactly("t");
    }
  }

  /** Ends what was started on the copy, too. */
  @Override
  public void close() {
    if (copy != null) {
      copy.close();
    }
    server.close();
    Directories.delete(directory);
    Directories.delete(copyDirectory);
  }
}
