package io.kreplica.e2e;

import io.kreplica.stack.ConnectRest;
import io.kreplica.stack.ConnectWorker;
import io.kreplica.stack.Directories;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Servers with a second worker, which forms one Connect cluster with the first. */
final class TwoWorkers implements Backend {

  private static final String HEAP = "384m";

  private final Backend servers;
  private final Path directory = Directories.createTemporary("kreplica-worker-");
  private final ConnectWorker second;
  private ConnectWorker inUse;

  private TwoWorkers(Map<String, String> workerSettings) {
    servers = Backend.start(workerSettings, HEAP);
    second = ConnectWorker.start(directory, servers.bootstrapServers(), 0, HEAP, workerSettings);
    inUse = servers.worker();
  }

  static TwoWorkers start(Map<String, String> workerSettings) {
    var cluster = new TwoWorkers(workerSettings);
    try {
      cluster.second.awaitReady();
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** Both of them. */
  List<ConnectWorker> workers() {
    return List.of(servers.worker(), second);
  }

  /** The worker that is not this one. */
  ConnectWorker other(ConnectWorker worker) {
    return worker == second ? servers.worker() : second;
  }

  /** The worker that a connector's task is on, as far as the one in use knows. */
  ConnectWorker workerOf(String connector) {
    var id = rest().status(connector).orElseThrow().workers().get(0);
    return workers().stream()
        .filter(worker -> worker.rest().url().endsWith(id))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("No worker is " + id));
  }

  /** From now on requests go to this worker. */
  void use(ConnectWorker worker) {
    inUse = worker;
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

  @Override
  public void close() {
    second.close();
    servers.close();
    Directories.delete(directory);
  }
}
