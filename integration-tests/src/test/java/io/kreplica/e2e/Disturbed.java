package io.kreplica.e2e;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;

/** The frame of every test that disturbs a replication under load. */
final class Disturbed {

  /** A dead worker's consumer is given up sooner than usual, so that the test goes on. */
  static final Map<String, String> QUICK_REJOIN =
      Map.of("consumer.override.session.timeout.ms", "6000");

  private static final Duration PROGRESS_TIMEOUT = Duration.ofMinutes(2);

  private Disturbed() {}

  /** What happens while there is load. */
  @FunctionalInterface
  interface Disturbance {
    void happen(SlaveWatcher watcher) throws SQLException;
  }

  /** Disturbs a replication under load, and judges what the slave showed and what it holds. */
  static void underLoad(Replication replication, long seed, Disturbance disturbance)
      throws SQLException {
    try (var watcher = replication.watchSlave()) {
      try (var bank = replication.bankLoad(300, seed);
          var orders = replication.orderLoad(seed)) {
        disturbance.happen(watcher);
        orders.stop();
        bank.stop();
      }

      replication.awaitRunning();
      replication.awaitEqual();
      watcher.assertOnlyStatesOfTheMaster(10);
    }
  }

  /** Waits until the slave has moved on by so many states that the watcher saw. */
  static void awaitStates(SlaveWatcher watcher, int more) {
    var goal = watcher.states() + more;
    Awaitility.await().atMost(PROGRESS_TIMEOUT).until(() -> watcher.states() >= goal);
  }
}
