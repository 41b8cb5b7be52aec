package io.kreplica.e2e;

import static io.kreplica.e2e.Disturbed.awaitStates;
import static io.kreplica.e2e.Disturbed.underLoad;
import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.stack.ConnectWorker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two workers of one Connect cluster, between which tasks move under load. */
@Tag("e2e")
class WorkersE2E {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static TwoWorkers cluster;

  @BeforeAll
  static void startServers() {
    cluster = TwoWorkers.start(Map.of());
  }

  @AfterAll
  static void stopServers() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void losesNothingWhenWorkersLeaveDieAndJoinAgain() throws SQLException {
    underLoadTwice(
        "rebalanced",
        (source, isMoved) -> {
          source.stop();
          isMoved.await();
          source.restart();
        },
        (sink, isMoved) -> {
          sink.kill();
          isMoved.await();
          sink.restart();
        });
  }

  @Test
  void aWorkerThatSleepsUntilItsTasksHaveMovedDoublesAndTearsNothing() throws SQLException {
    Fate sleep =
        (worker, isMoved) -> {
          worker.suspend();
          try {
            isMoved.await();
          } finally {
            worker.resume();
          }
        };
    underLoadTwice("zombie", sleep, sleep);
  }

  /** What becomes of a worker. */
  @FunctionalInterface
  private interface Fate {
    void strike(ConnectWorker worker, Moved isMoved);
  }

  /** That the worker's tasks are at work on the other. */
  @FunctionalInterface
  private interface Moved {
    void await();
  }

  /** Strikes the source's worker, then the sink's, each time with one task on either worker. */
  private static void underLoadTwice(String database, Fate ofSource, Fate ofSink)
      throws SQLException {
    var seed = Seeds.next();
    try (var replication = new Replication(cluster, database).start(Disturbed.QUICK_REJOIN)) {
      replication.awaitEqual();

      underLoad(
          replication,
          seed,
          watcher -> {
            strike(replication, replication.source(), ofSource, watcher);
            strike(replication, replication.sink(), ofSink, watcher);
            awaitBothAtWork(replication);
            awaitStates(watcher, 10);
          });
    }
  }

  private static void strike(
      Replication replication, String connector, Fate fate, SlaveWatcher watcher) {
    awaitBothAtWork(replication);
    awaitStates(watcher, 5);
    var worker = cluster.workerOf(connector);
    cluster.use(cluster.other(worker));
    fate.strike(
        worker,
        () -> {
          Awaitility.await().atMost(PATIENCE).until(() -> cluster.workerOf(connector) != worker);
          awaitStates(watcher, 10);
        });
  }

  /** Each worker has one of the two tasks when the cluster is balanced. */
  private static void awaitBothAtWork(Replication replication) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> cluster.workerOf(replication.source()) != cluster.workerOf(replication.sink()));
    replication.awaitRunning();
    assertThat(cluster.workers()).allMatch(ConnectWorker::isRunning);
  }
}
