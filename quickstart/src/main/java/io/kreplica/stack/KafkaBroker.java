package io.kreplica.stack;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;

/**
 * A real Kafka broker in a process of its own, which is its own KRaft controller: a cluster of one.
 * Topics must be created, by hand or by Connect. Not thread-safe.
 */
public final class KafkaBroker implements AutoCloseable {

  private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

  private final int port;
  private final JvmProcess process;

  private KafkaBroker(Path directory, int port, Optional<TcpProxy> network) {
    this.port = port;
    this.process =
        new JvmProcess(
            "broker",
            directory,
            "kafka.Kafka",
            "512m",
            settings(directory.resolve("data"), port, network));
    format();
  }

  /**
   * Starts a broker in a fresh directory; it is ready after {@link #awaitReady}.
   *
   * @param port the port for clients, or 0 for a free one
   */
  public static KafkaBroker start(Path directory, int port) {
    return start(directory, port, Optional.empty());
  }

  /**
   * Starts a broker that has clients beyond a network: those that reach it there are told to come
   * that way again. Others connect as usual.
   *
   * @param network leads to a free port, where the broker then listens, too
   */
  static KafkaBroker start(Path directory, TcpProxy network) {
    return start(directory, 0, Optional.of(network));
  }

  private static KafkaBroker start(Path directory, int port, Optional<TcpProxy> network) {
    var broker = new KafkaBroker(directory, port == 0 ? Ports.free() : port, network);
    broker.process.start();
    return broker;
  }

  private static Properties settings(Path data, int port, Optional<TcpProxy> network) {
    var controllerPort = Ports.free();
    var settings = new Properties();
    settings.putAll(
        Map.of(
            "process.roles", "broker,controller",
            "node.id", "1",
            "controller.quorum.voters", "1@127.0.0.1:" + controllerPort,
            "controller.listener.names", "CONTROLLER",
            "listeners",
                listener("PLAINTEXT", port)
                    + ","
                    + listener("CONTROLLER", controllerPort)
                    + network.map(beyond -> "," + listener("NETWORK", beyond.target())).orElse(""),
            "advertised.listeners",
                listener("PLAINTEXT", port)
                    + network.map(beyond -> "," + listener("NETWORK", beyond.port())).orElse(""),
            "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,NETWORK:PLAINTEXT",
            "log.dirs", data.toString(),
            "auto.create.topics.enable", "false"));
    // One broker, one copy of each topic that Kafka keeps for itself.
    settings.putAll(
        Map.of(
            "offsets.topic.replication.factor", "1",
            "offsets.topic.num.partitions", "1",
            "transaction.state.log.replication.factor", "1",
            "transaction.state.log.min.isr", "1",
            "transaction.state.log.num.partitions", "1",
            "share.coordinator.state.topic.replication.factor", "1",
            "share.coordinator.state.topic.min.isr", "1"));
    // A small machine that starts often: no waiting for further members, a small cleaner, and
    // transactions of the dead end when their time is over, not up to 10 s later.
    settings.putAll(
        Map.of(
            "group.initial.rebalance.delay.ms", "0",
            "transaction.abort.timed.out.transaction.cleanup.interval.ms", "500",
            "num.network.threads", "2",
            "num.io.threads", "4",
            "log.cleaner.dedupe.buffer.size", "16777216"));
    return settings;
  }

  private static String listener(String name, int port) {
    return name + "://127.0.0.1:" + port;
  }

  private void format() {
    var printed = new ByteArrayOutputStream();
    var status =
        StorageTool.execute(
            new String[] {
              "format",
              "--cluster-id",
              Uuid.randomUuid().toString(),
              "--config",
              process.settingsFile().toString()
            },
            new PrintStream(printed, true, StandardCharsets.UTF_8));
    if (status != 0) {
      throw new IllegalStateException(
          "Cannot format the broker's storage: " + printed.toString(StandardCharsets.UTF_8));
    }
  }

  /** Waits until clients can use the broker. */
  public void awaitReady() {
    try (var admin = admin()) {
      process.awaitReady(READY_TIMEOUT, () -> answers(admin));
    }
  }

  private static boolean answers(Admin admin) {
    try {
      return !admin.describeCluster().nodes().get(1, TimeUnit.SECONDS).isEmpty();
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** A client for looking at topics and groups, or changing them. */
  public Admin admin() {
    return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()));
  }

  /** Where clients connect to. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** The broker's log file. */
  public Path log() {
    return process.log();
  }

  public void stop() {
    process.stop(STOP_PATIENCE);
  }

  /** Ends the broker as {@code kill -9} does. */
  public void kill() {
    process.kill();
  }

  /** Stops the broker on the spot as SIGSTOP does: connections stay, nothing answers. */
  public void suspend() {
    process.suspend();
  }

  /** Lets the broker go on after {@link #suspend}, as if nothing had been. */
  public void resume() {
    process.resume();
  }

  /**
   * Starts again on the same data and port, after a stop or a kill, and waits until it is ready.
   */
  public void restart() {
    process.start();
    awaitReady();
  }

  @Override
  public void close() {
    stop();
  }
}
