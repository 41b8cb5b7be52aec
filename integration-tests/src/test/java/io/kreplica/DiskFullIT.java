package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
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
  private SmallDisk disk;

  DiskFullIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void mount() throws Exception {
    disk = SmallDisk.mount("DiskFullIT");
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      disk.close();
    }
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
          "create tablespace small location '" + disk.path() + "'",
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
}
