package io.kreplica.benchmark;

import io.kreplica.load.Comparison;
import io.kreplica.stack.ConnectRest;
import io.kreplica.stack.ConnectWorker;
import io.kreplica.stack.ConnectorConfig;
import io.kreplica.stack.Installation;
import io.kreplica.stack.ReplicationStack;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A pair of databases on the shared servers, and their two connectors with the settings of {@code
 * config/}. The time until the slave has something is taken with a flag: a row that is committed on
 * the master last, and hence is visible on the slave last.
 */
final class Laboratory implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofMinutes(30);
  private static final Duration RUNNING_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(2);
  private static final Duration COPY_POLL = Duration.ofMillis(100);

  private final ReplicationStack stack;
  private final String name;
  private long flags;

  Laboratory(ReplicationStack stack, String name) throws SQLException {
    this.stack = stack;
    this.name = name;
    stack.master().createDatabase(name);
    stack.slave().createDatabase(name);
    Installation.onMaster(stack.master(), name, Installation.Tool.JDBC);
    Installation.onSlave(stack.slave(), name, Installation.Tool.JDBC);
    createTable("create table public.flag (flag_id bigint primary key)");
    track(List.of("public.flag"));
  }

  Connection onMaster() throws SQLException {
    return stack.master().connect(name);
  }

  Connection onSlave() throws SQLException {
    return stack.slave().connect(name);
  }

  void executeOnMaster(String sql) throws SQLException {
    try (var connection = onMaster();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Creates tables of the same form on both sides. */
  void createTable(String ddl) throws SQLException {
    executeOnMaster(ddl);
    try (var connection = onSlave();
        var statement = connection.createStatement()) {
      statement.execute(ddl);
    }
  }

  void track(List<String> tables) throws SQLException {
    for (var table : tables) {
      executeOnMaster("select replica.track('" + table + "')");
    }
  }

  void untrack(List<String> tables) throws SQLException {
    for (var table : tables) {
      executeOnMaster("select replica.untrack('" + table + "')");
    }
  }

  /** Starts both connectors, and waits until the slave has what the master has. */
  void startConnectors() throws SQLException {
    start(source(), ConnectorConfig.source(stack.master().url(name), topic()));
    start(sink(), ConnectorConfig.sink(stack.slave().url(name), topic()));
    awaitCopies();
    awaitFlag();
  }

  private void awaitCopies() throws SQLException {
    var deadline = System.nanoTime() + TIMEOUT.toNanos();
    try (var connection = onMaster();
        var statement =
            connection.prepareStatement("select from replica.status where pending_copies = 0")) {
      while (!statement.executeQuery().next()) {
        refuseFailure(deadline);
        LockSupport.parkNanos(COPY_POLL.toNanos());
      }
    }
  }

  private void start(String connector, Map<String, String> config) {
    rest().create(connector, config);
    rest().awaitRunning(connector, RUNNING_TIMEOUT);
  }

  /** Stops both connectors, and waits until their tasks are gone. */
  void stopConnectors() {
    for (var connector : List.of(source(), sink())) {
      rest().stop(connector);
      rest().awaitStopped(connector, RUNNING_TIMEOUT);
    }
  }

  /** Starts both again; they do not run yet when this returns. */
  void resumeConnectors() {
    rest().resume(source());
    rest().resume(sink());
  }

  /** Commits a flag on the master, and waits until the slave shows it, and so all before it. */
  void awaitFlag() throws SQLException {
    raiseFlag();
    awaitRaisedFlag();
  }

  /** Commits a flag on the master. */
  void raiseFlag() throws SQLException {
    flags++;
    executeOnMaster("insert into public.flag values (" + flags + ")");
  }

  /**
   * Waits until the slave shows the last flag.
   *
   * @throws IllegalStateException if a connector fails meanwhile
   */
  void awaitRaisedFlag() throws SQLException {
    var deadline = System.nanoTime() + TIMEOUT.toNanos();
    try (var connection = onSlave();
        var statement =
            connection.prepareStatement("select from public.flag where flag_id = " + flags)) {
      for (var look = 0; !statement.executeQuery().next(); look++) {
        if (look % 1000 == 999) {
          refuseFailure(deadline);
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }

  private void refuseFailure(long deadline) {
    if (!worker().isRunning()) {
      throw new IllegalStateException("The worker has died. See " + worker().log());
    }
    for (var connector : List.of(source(), sink())) {
      var status = rest().status(connector);
      if (status.filter(s -> s.isFailed()).isPresent()) {
        throw new IllegalStateException(connector + ": " + status.get());
      }
    }
    if (System.nanoTime() > deadline) {
      throw new IllegalStateException("Not visible on the slave after " + TIMEOUT);
    }
  }

  /** A figure that tells whether the tables are equal on both sides, taken after the time. */
  Figure verdict(List<String> tables) throws SQLException {
    try (var master = onMaster();
        var slave = onSlave()) {
      var equal = Comparison.of(master, slave, tables).areEqual();
      return Figure.of("master and slave", equal ? "equal" : "DIFFERENT");
    }
  }

  ConnectRest rest() {
    return stack.rest();
  }

  ConnectWorker worker() {
    return stack.worker();
  }

  private String source() {
    return name + "-source";
  }

  private String sink() {
    return name + "-sink";
  }

  private String topic() {
    return "replica." + name;
  }

  @Override
  public void close() throws SQLException {
    for (var connector : List.of(sink(), source())) {
      if (rest().status(connector).isPresent()) {
        rest().delete(connector);
      }
    }
    for (var server : List.of(stack.master(), stack.slave())) {
      try (var connection = server.connect("postgres");
          var statement = connection.createStatement()) {
        statement.execute("drop database " + name + " with (force)");
      }
    }
  }
}
