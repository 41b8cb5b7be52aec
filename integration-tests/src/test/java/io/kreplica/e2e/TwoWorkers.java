package io.kreplica.e2e;

import static io.kreplica.e2e.Disturbed.awaitStates;
import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.stack.ConnectRest;
import io.kreplica.stack.ConnectWorker;
import io.kreplica.stack.Directories;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** A second worker beside servers that have one, with which it forms one Connect cluster. */
final class TwoWorkers implements Backend {

  static final String HEAP = "384m";

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Backend servers;
  private final Path directory = Directories.createTemporary("kreplica-worker-");
  private final ConnectWorker second;
  private ConnectWorker inUse;

  private TwoWorkers(Backend servers, Map<String, String> workerSettings) {
    this.servers = servers;
    second = ConnectWorker.start(directory, servers.bootstrapServers(), 0, HEAP, workerSettings);
    inUse = servers.worker();
  }

  /** Starts the second worker, with the settings that the first one has. */
  static TwoWorkers join(Backend servers, Map<String, String> workerSettings) {
    var cluster = new TwoWorkers(servers, workerSettings);
    try {
      cluster.second.awaitReady();
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** Both of them. */
  private List<ConnectWorker> workers() {
    return List.of(servers.worker(), second);
  }

  /** The worker that is not this one. */
  private ConnectWorker other(ConnectWorker worker) {
    return worker == second ? servers.worker() : second;
  }

  /** The worker that a connector's task is on, as far as the one in use knows. */
  private ConnectWorker workerOf(String connector) {
    var id = rest().status(connector).orElseThrow().workers().get(0);
    return workers().stream()
        .filter(worker -> worker.rest().url().endsWith(id))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("No worker is " + id));
  }

  /** Waits until each worker has one of the two tasks, as in a cluster that is balanced. */
  void awaitBothAtWork(Replication replication) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> workerOf(replication.source()) != workerOf(replication.sink()));
    replication.awaitRunning();
    assertThat(workers()).allMatch(ConnectWorker::isRunning);
  }

  /** Strikes the worker of a connector's task, when either worker has a task and works. */
  void strike(Replication replication, String connector, Fate fate, SlaveWatcher watcher)
      throws SQLException {
    awaitBothAtWork(replication);
    awaitStates(watcher, 5);
    var worker = workerOf(connector);
    inUse = other(worker);
    fate.strike(
        worker,
        () -> {
          Awaitility.await().atMost(PATIENCE).until(() -> workerOf(connector) != worker);
          awaitStates(watcher, 10);
        });
  }

  /** Has either task's worker sleep in turn, until the task is at work on the other. */
  void sleepInTurn(Replication replication, SlaveWatcher watcher) throws SQLException {
    strike(replication, replication.source(), Fate.ASLEEP, watcher);
    strike(replication, replication.sink(), Fate.ASLEEP, watcher);
    awaitBothAtWork(replication);
    awaitStates(watcher, 10);
  }

  @Override
  public Database master() {
    return servers.master();
  }

  @Override
  public Database slave() {
    return servers.slave();
  }

  @Override
  public ConnectWorker worker() {
    return inUse;
  }

  @Override
  public ConnectRest rest() {
    return inUse.rest();
  }

  @Override
  public String bootstrapServers() {
    return servers.bootstrapServers();
  }

  /** Ends the second worker; the servers go on. */
  @Override
  public void close() {
    second.close();
    Directories.delete(directory);
  }
}
