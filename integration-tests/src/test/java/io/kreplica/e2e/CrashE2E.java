package io.kreplica.e2e;

import static io.kreplica.e2e.Disturbed.awaitStates;
import static io.kreplica.e2e.Disturbed.underLoad;

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
}
