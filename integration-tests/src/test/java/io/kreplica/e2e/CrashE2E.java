package io.kreplica.e2e;

import static io.kreplica.e2e.Disturbed.awaitStates;
import static io.kreplica.e2e.Disturbed.underLoad;
import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.stack.PostgresServer;
import java.sql.SQLException;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What remains of a replication when its processes die under load. The worker gives no exactly-once
 * support here: what is sent twice the sink must recognize.
 */
@Tag("e2e")
class CrashE2E {

  private static final int WORKER_KILLS = 5;

  /** What notes that Kafka has acknowledged a batch flushes all commits before it, now and then. */
  private static final int CRASHES_UNTIL_ONE_LOSES = 20;

  private static Backend backend;

  @BeforeAll
  static void startServers() {
    backend = Backend.start(Map.of("offset.flush.interval.ms", "1000"));
  }

  @AfterAll
  static void stopServers() {
    if (backend != null) {
      backend.close();
    }
  }

  @Test
  void losesNothingWhenTheWorkerIsKilledAgainAndAgain() throws SQLException {
    var seed = Seeds.next();
    var random = new Random(seed);
    try (var replication =
        new Replication(backend, "worker_killed").start(Disturbed.QUICK_REJOIN)) {
      replication.awaitEqual();

      underLoad(
          replication,
          seed,
          watcher -> {
            for (var kill = 0; kill < WORKER_KILLS; kill++) {
              awaitStates(watcher, 1 + random.nextInt(40));
              backend.worker().kill();
              backend.worker().restart();
            }
          });
    }
  }

  @Test
  void goesOnAfterTheMasterIsKilledAndAfterItIsRestarted() throws SQLException {
    var seed = Seeds.next();
    try (var replication = new Replication(backend, "master_killed").start(Map.of())) {
      replication.awaitEqual();

      underLoad(
          replication,
          seed,
          watcher -> {
            awaitStates(watcher, 20);
            backend.master().kill();
            backend.master().restart();
            awaitStates(watcher, 20);
            backend.master().stop();
            backend.master().restart();
            awaitStates(watcher, 20);
          });
    }
  }

  @Test
  void goesOnAfterTheSlaveIsKilledAndAfterItIsRestarted() throws SQLException {
    var seed = Seeds.next();
    try (var replication = new Replication(backend, "slave_killed").start(Map.of())) {
      replication.awaitEqual();

      underLoad(
          replication,
          seed,
          watcher -> {
            awaitStates(watcher, 20);
            backend.slave().kill();
            backend.slave().restart();
            awaitStates(watcher, 20);
            backend.slave().stop();
            backend.slave().restart();
            awaitStates(watcher, 20);
          });
    }
  }

  @Test
  void theSlaveHasNothingThatAMasterLosesWhichCommitsAsynchronously() throws SQLException {
    try (var master = masterThatCommitsAsynchronously();
        var replication =
            new Replication(backend, master, backend.slave(), "unflushed").start(Map.of())) {
      replication.awaitEqual();
      replication.executeOnMaster("create table untracked (round int)");
      var hasLost = false;
      for (var round = 1; !hasLost && round <= CRASHES_UNTIL_ONE_LOSES; round++) {
        replication.executeOnMaster("insert into note (body) values ('sent')");
        replication.awaitOnSlave("select count(*) from note", round);
        replication.executeOnMaster("insert into untracked values (" + round + ")");

        master.kill();
        master.restart();

        replication.awaitEqual();
        assertThat(replication.numberOnSlave("select count(*) from note")).isEqualTo(round);
        hasLost =
            replication.numberOnMaster("select count(*) from untracked where round = " + round)
                == 0;
      }
      assertThat(hasLost).as("a crash has lost commits").isTrue();
      replication.writeAndAwaitEqual();
      replication.awaitRunning();
    }
  }

  private static EmbeddedDatabase masterThatCommitsAsynchronously() {
    return new EmbeddedDatabase(
        PostgresServer.builder(EmbeddedDatabase.version())
            .setting("synchronous_commit", "off")
            .setting("wal_writer_delay", "10s")
            .requirePasswords()
            .start());
  }
}
