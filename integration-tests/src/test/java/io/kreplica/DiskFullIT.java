package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.Directories;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens when the disk under the log is full. Skipped where none can be mounted. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class DiskFullIT {

  private final PostgresVersion version;
  private Path disk;

  DiskFullIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void mount() throws Exception {
    disk = Directories.createTemporary("kreplica-disk-");
    var isMounted = run("mount", "-t", "tmpfs", "-o", "size=8m", "none", disk.toString());
    if (!isMounted) {
      System.out.println("DiskFullIT IS SKIPPED: this user may not mount a tmpfs");
    }
    assumeTrue(isMounted, "mount is not permitted");
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", disk.toString());
    Directories.delete(disk);
  }

  @Test
  void aStatementThatCannotBeLoggedFailsAndWhatWasLoggedArrives() throws Exception {
    try (var server = PostgresServer.start(version);
        var mirror =
            Mirror.between(MasterFixture.on(server), SlaveFixture.on(SharedPostgres.of(version)))) {
      var master = mirror.master();
      mirror.onBoth("create table t (id serial primary key, v text)").track("t");
      master.execute(
          "create table untracked (id int)",
          "create tablespace small location '" + disk + "'",
          "alter table replica.replica_log set tablespace small",
          "insert into t (v) values ('first')");
      mirror.settle();
      awaitPruned(mirror);

      var failure = catchThrowableOfType(SQLException.class, () -> fill(master));
      assertThat(failure.getSQLState()).isEqualTo("53100");
      assertThat(failure.getMessage()).contains("No space left on device");
      master.execute("insert into untracked values (1)");

      mirror.settle().assertEqual();
      awaitPruned(mirror);
    }
  }

  /** Writes until that fails. */
  private static void fill(MasterFixture master) throws SQLException {
    for (var i = 0; i < 1_000; i++) {
      master.execute("insert into t (v) select repeat('x', 1000) from generate_series(1, 200)");
    }
  }

  private static void awaitPruned(Mirror mirror) {
    await()
        .untilAsserted(
            () -> {
              mirror.pump();
              assertThat(mirror.master().value("select count(*) from replica.replica_log"))
                  .isEqualTo("0");
            });
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).start().waitFor() == 0;
  }
}
