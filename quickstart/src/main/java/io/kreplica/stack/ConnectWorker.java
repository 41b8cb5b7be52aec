package io.kreplica.stack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;

/**
 * A real Kafka Connect worker in a process of its own, distributed, a cluster of one. The two
 * connectors are on its {@code plugin.path}, each with a class loader of its own, as in production.
 * Not thread-safe.
 */
public final class ConnectWorker implements AutoCloseable {

  private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

  private final ConnectRest rest;
  private final JvmProcess process;

  private ConnectWorker(
      Path directory, String bootstrapServers, int port, String heap, Map<String, String> extra) {
    this.rest = new ConnectRest(port);
    var settings = settings(bootstrapServers, port);
    settings.putAll(extra);
    this.process =
        new JvmProcess(
            "worker", directory, "org.apache.kafka.connect.cli.ConnectDistributed", heap, settings);
  }

  /**
   * Starts a worker; it is ready after {@link #awaitReady}.
   *
   * @param bootstrapServers the broker
   * @param port the port of its REST interface, or 0 for a free one
   * @param heap its largest heap, as {@code -Xmx} takes it
   * @param extra worker properties that replace or complement the usual ones
   */
  public static ConnectWorker start(
      Path directory, String bootstrapServers, int port, String heap, Map<String, String> extra) {
    var worker =
        new ConnectWorker(
            directory, bootstrapServers, port == 0 ? Ports.free() : port, heap, extra);
    worker.process.start();
    return worker;
  }

  private static Properties settings(String bootstrapServers, int port) {
    var settings = new Properties();
    settings.putAll(
        Map.of(
            "bootstrap.servers", bootstrapServers,
            "group.id", "kreplica",
            "listeners", "http://127.0.0.1:" + port,
            "plugin.path", pluginPath(),
            "plugin.discovery", "service_load",
            "key.converter", "org.apache.kafka.connect.json.JsonConverter",
            "value.converter", "org.apache.kafka.connect.json.JsonConverter"));
    settings.putAll(
        Map.of(
            "config.storage.topic", "connect-configs",
            "config.storage.replication.factor", "1",
            "offset.storage.topic", "connect-offsets",
            "offset.storage.replication.factor", "1",
            "offset.storage.partitions", "1",
            "status.storage.topic", "connect-status",
            "status.storage.replication.factor", "1",
            "status.storage.partitions", "1"));
    // A worker alone: when it comes back from a crash nobody else can have taken its tasks.
    settings.putAll(
        Map.of(
            "scheduled.rebalance.max.delay.ms", "0",
            "session.timeout.ms", "6000",
            "heartbeat.interval.ms", "2000"));
    return settings;
  }

  /** Where the worker looks for connectors, unless it is told otherwise. */
  public static String pluginPath() {
    return ProjectRoot.resolveBuilt("source-connector/target/plugin")
        + ","
        + ProjectRoot.resolveBuilt("sink-connector/target/plugin");
  }

  /** Waits until the worker is a member of its group and its REST interface answers. */
  public void awaitReady() {
    process.awaitReady(READY_TIMEOUT, rest::isReady);
  }

  /** The worker's REST interface. */
  public ConnectRest rest() {
    return rest;
  }

  /** The worker's process, for tools that look into a JVM. */
  public long pid() {
    return process.pid();
  }

  public boolean isRunning() {
    return process.isRunning();
  }

  /** The worker's log file. */
  public Path log() {
    return process.log();
  }

  /** The file that tells what the worker's heap held before and after each collection. */
  public Path gcLog() {
    return process.gcLog();
  }

  public void stop() {
    process.stop(STOP_PATIENCE);
  }

  /** Ends the worker as {@code kill -9} does. */
  public void kill() {
    process.kill();
  }

  /** Stops the worker on the spot as SIGSTOP does: connections stay, nothing answers. */
  public void suspend() {
    process.suspend();
  }

  /** Lets the worker go on after {@link #suspend}, as if nothing had been. */
  public void resume() {
    process.resume();
  }

  /** Starts again with the same settings, after a stop or a kill, and waits until it is ready. */
  public void restart() {
    process.start();
    awaitReady();
  }

  @Override
  public void close() {
    stop();
  }
}
