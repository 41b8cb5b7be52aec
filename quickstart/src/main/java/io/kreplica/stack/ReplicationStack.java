package io.kreplica.stack;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Everything a replication needs, in one fresh directory: master, slave, broker and worker. When it
 * is closed, or when this JVM is told to end, its servers end in the reverse order of their start.
 * The servers may be stopped and started one by one in between. Not thread-safe.
 */
public final class ReplicationStack implements AutoCloseable {

  private final Path directory;
  private volatile boolean keepFiles;
  private final Deque<AutoCloseable> running = new ArrayDeque<>();
  private final Thread hook;
  private boolean closed;
  private PostgresServer master;
  private PostgresServer slave;
  private TcpProxy toBroker;
  private KafkaBroker broker;
  private ConnectWorker worker;

  private ReplicationStack(Builder builder) {
    this.directory = Directories.createTemporary("kreplica-");
    this.keepFiles = builder.keepFiles;
    // What a user interrupts is no failure to look into: only an express wish keeps the files.
    this.hook = new Thread(() -> closeServers(builder.keepFiles), "stack-closer");
  }

  public static Builder builder() {
    return new Builder();
  }

  /** What a stack may be given before it starts. */
  public static final class Builder {

    private final Map<String, String> workerSettings = new LinkedHashMap<>();
    private final Map<String, String> masterSettings = new LinkedHashMap<>();
    private PostgresVersion version = PostgresVersion.NEWEST;
    private int masterPort;
    private int slavePort;
    private int restPort;
    private String workerHeap = "512m";
    private boolean isBrokerFar;
    private boolean keepFiles;
    private Consumer<String> narrator = event -> {};

    private Builder() {}

    public Builder postgres(PostgresVersion version) {
      this.version = version;
      return this;
    }

    /** The ports of master, slave and REST interface; 0 means a free one. */
    public Builder ports(int master, int slave, int rest) {
      this.masterPort = master;
      this.slavePort = slave;
      this.restPort = rest;
      return this;
    }

    /** A property of the worker. */
    public Builder workerSetting(String name, String value) {
      workerSettings.put(name, value);
      return this;
    }

    /** A server setting of the master, as {@link PostgresServer.Builder#setting} takes it. */
    public Builder masterSetting(String name, String value) {
      masterSettings.put(name, value);
      return this;
    }

    public Builder workerHeap(String heap) {
      this.workerHeap = heap;
      return this;
    }

    /** The worker reaches the broker through a network, {@link ReplicationStack#toBroker}. */
    public Builder farBroker() {
      this.isBrokerFar = true;
      return this;
    }

    /** The directory stays when the stack is closed. */
    public Builder keepFiles(boolean keep) {
      this.keepFiles = keep;
      return this;
    }

    /** Who is told what is about to start. */
    public Builder narrator(Consumer<String> narrator) {
      this.narrator = narrator;
      return this;
    }

    /**
     * Starts the servers, and returns when all are ready.
     *
     * @throws IllegalStateException if one does not start; the directory stays, with its log
     */
    public ReplicationStack start() {
      var stack = new ReplicationStack(this);
      Runtime.getRuntime().addShutdownHook(stack.hook);
      try {
        stack.launch(this);
        return stack;
      } catch (RuntimeException e) {
        stack.keepFiles();
        stack.close();
        throw e;
      }
    }
  }

  private void launch(Builder builder) {
    builder.narrator.accept("Kafka broker");
    startBroker(builder.isBrokerFar);
    builder.narrator.accept("PostgreSQL master");
    master =
        open(() -> postgres("master", builder.masterPort, builder.version, builder.masterSettings));
    builder.narrator.accept("PostgreSQL slave");
    slave = open(() -> postgres("slave", builder.slavePort, builder.version, Map.of()));
    broker.awaitReady();
    builder.narrator.accept("Connect worker with both connectors on its plugin.path");
    worker =
        open(
            () ->
                ConnectWorker.start(
                    directory.resolve("worker"),
                    toBroker == null ? broker.bootstrapServers() : "127.0.0.1:" + toBroker.port(),
                    builder.restPort,
                    builder.workerHeap,
                    builder.workerSettings));
    worker.awaitReady();
  }

  private void startBroker(boolean isFar) {
    var files = directory.resolve("broker");
    if (isFar) {
      toBroker = open(() -> TcpProxy.to(Ports.free()));
      broker = open(() -> KafkaBroker.start(files, toBroker));
    } else {
      broker = open(() -> KafkaBroker.start(files, 0));
    }
  }

  private PostgresServer postgres(
      String name, int port, PostgresVersion version, Map<String, String> settings) {
    var server =
        PostgresServer.builder(version)
            .directory(directory.resolve(name))
            .port(port)
            .requirePasswords();
    settings.forEach(server::setting);
    return server.start();
  }

  /** Starts a server, unless all are being closed: then one would be left over. */
  private synchronized <T extends AutoCloseable> T open(Supplier<T> start) {
    if (closed) {
      throw new IllegalStateException("Cannot start a server: all are being closed");
    }
    var server = start.get();
    running.push(server);
    return server;
  }

  public PostgresServer master() {
    return master;
  }

  public PostgresServer slave() {
    return slave;
  }

  public KafkaBroker broker() {
    return broker;
  }

  /** What lies between worker and broker; null unless it was asked for. */
  public TcpProxy toBroker() {
    return toBroker;
  }

  public ConnectWorker worker() {
    return worker;
  }

  public ConnectRest rest() {
    return worker.rest();
  }

  /** Where the servers' data and log files are. */
  public Path directory() {
    return directory;
  }

  /** From now on the directory is to stay when the stack is closed. */
  public void keepFiles() {
    keepFiles = true;
  }

  @Override
  public void close() {
    closeServers(keepFiles);
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This JVM is ending: the hook has nothing left to do.
    }
  }

  private synchronized void closeServers(boolean keep) {
    closed = true;
    while (!running.isEmpty()) {
      try {
        running.pop().close();
      } catch (Exception e) {
        System.err.println(e.getMessage());
      }
    }
    if (!keep) {
      Directories.delete(directory);
    }
  }
}
