package io.kreplica;

import static org.awaitility.Awaitility.await;

import io.kreplica.stack.Directories;
import io.kreplica.stack.Installation;
import io.kreplica.stack.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A PgBouncer before a PostgreSQL server, where one is installed on this machine. */
public final class PgBouncer implements AutoCloseable {

  private static final List<String> PLACES =
      List.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer");

  /** Names and passwords of the connectors' logins, which it shows the server. */
  private static final List<String> LOGINS =
      List.of(
          "\"source_login\" \"secret\"",
          "\"sink_login\" \"secret\"",
          "\"%s\" \"%s\"".formatted(Installation.SOURCE_USER, Installation.SOURCE_PASSWORD));

  private final Path directory = Directories.createTemporary("kreplica-pgbouncer-");
  private final int port = Ports.free();
  private final int serverPort;
  private Process process;

  private PgBouncer(int serverPort) {
    this.serverPort = serverPort;
  }

  /** Its program; empty if it is not installed. */
  public static Optional<Path> program() {
    return PLACES.stream().map(Path::of).filter(Files::isExecutable).findFirst();
  }

  /**
   * Starts one.
   *
   * @param poolMode session, transaction or statement
   * @param serverPort where PostgreSQL listens, on this machine
   */
  public static PgBouncer start(String poolMode, int serverPort) throws IOException {
    var pooler = new PgBouncer(serverPort);
    Files.setPosixFilePermissions(pooler.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    pooler.launch(poolMode);
    return pooler;
  }

  /** Ends all its connections, and comes back under the same address in another mode. */
  public void restart(String poolMode) throws IOException {
    stop();
    launch(poolMode);
  }

  private void launch(String poolMode) throws IOException {
    var users = directory.resolve("users.txt");
    Files.write(users, LOGINS);
    var ini = directory.resolve("pgbouncer.ini");
    Files.writeString(
        ini,
        String.join(
            "\n",
            "[databases]",
            "* = host=127.0.0.1 port=" + serverPort,
            "[pgbouncer]",
            "listen_addr = 127.0.0.1",
            "listen_port = " + port,
            "unix_socket_dir =",
            "auth_type = trust",
            "auth_file = " + users,
            "pool_mode = " + poolMode,
            "ignore_startup_parameters = extra_float_digits, options",
            ""));
    var command = new ArrayList<>(List.of(program().orElseThrow().toString(), "--quiet"));
    command.add(ini.toString());
    if (System.getProperty("user.name").equals("root")) {
      // It refuses to be root.
      command.addAll(List.of("--user", "nobody"));
    }
    var log = directory.resolve("pgbouncer.log").toFile();
    process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    await().until(() -> !Ports.isFree(port) || !process.isAlive());
    if (!process.isAlive()) {
      throw new IOException("PgBouncer did not start: " + Files.readString(log.toPath()));
    }
  }

  /** The JDBC URL of a database, through it. */
  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  private void stop() {
    process.destroy();
    await().until(() -> !process.isAlive());
  }

  @Override
  public void close() {
    stop();
    Directories.delete(directory);
  }
}
