package io.kreplica.soak;

import io.kreplica.load.Bank;
import io.kreplica.stack.ConnectRest;
import io.kreplica.stack.ConnectorConfig;
import io.kreplica.stack.Installation;
import io.kreplica.stack.ReplicationStack;
import io.kreplica.stack.TcpProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What is disturbed: a bank on a master, its slave, and between them the connectors, each of which
 * reaches its database through a network of its own. Used by one thread, but for the connections
 * that it opens.
 */
final class SoakStand implements AutoCloseable {

  static final Bank BANK = new Bank(3, 2_000);
  static final String SOURCE = "soak-source";
  static final String SINK = "soak-sink";

  private static final String DATABASE = "bank";
  private static final String TOPIC = "replica.bank";
  private static final Duration RUNNING_TIMEOUT = Duration.ofSeconds(90);

  private final ReplicationStack stack;
  private final TcpProxy toMaster;
  private final TcpProxy toSlave;

  private SoakStand(ReplicationStack stack) {
    this.stack = stack;
    this.toMaster = TcpProxy.to(stack.master().port());
    this.toSlave = TcpProxy.to(stack.slave().port());
  }

  /** Starts the servers, and the replication between them. */
  static SoakStand start(SoakOptions options) throws SQLException {
    var builder = ReplicationStack.builder().keepFiles(options.keepFiles());
    if (options.exactlyOnce()) {
      builder.workerSetting("exactly.once.source.support", "enabled");
    }
    var stand = new SoakStand(builder.start());
    try {
      stand.prepare();
      return stand;
    } catch (SQLException | RuntimeException e) {
      stand.stack.keepFiles();
      stand.close();
      throw e;
    }
  }

  private void prepare() throws SQLException {
    stack.master().createDatabase(DATABASE);
    stack.slave().createDatabase(DATABASE);
    try (var master = onMaster();
        var slave = onSlave()) {
      Bank.createTables(master);
      BANK.fill(master);
      Installation.onMaster(master);
      Bank.createTables(slave);
      Installation.onSlave(slave);
      for (var table : Bank.TABLES) {
        execute(master, "select replica.track('" + table + "')");
      }
    }
    create(SOURCE, ConnectorConfig.source(url(toMaster), TOPIC));
    create(SINK, ConnectorConfig.sink(url(toSlave), TOPIC));
  }

  private void create(String name, Map<String, String> config) {
    config.put("retry.backoff.max.ms", "1000");
    rest().create(name, config);
    rest().awaitRunning(name, RUNNING_TIMEOUT);
  }

  private static String url(TcpProxy proxy) {
    return "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + DATABASE;
  }

  /** Another session on the master, past the network. */
  Connection onMaster() throws SQLException {
    return stack.master().connect(DATABASE);
  }

  /** Another session on the slave, past the network. */
  Connection onSlave() throws SQLException {
    return stack.slave().connect(DATABASE);
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  ReplicationStack stack() {
    return stack;
  }

  ConnectRest rest() {
    return stack.rest();
  }

  TcpProxy toMaster() {
    return toMaster;
  }

  TcpProxy toSlave() {
    return toSlave;
  }

  /** What a person would have to see to: failed tasks and why; empty if there are none. */
  List<String> needsAPerson() {
    return List.of(SOURCE, SINK).stream()
        .flatMap(name -> rest().status(name).filter(s -> s.isFailed()).stream())
        .map(Object::toString)
        .toList();
  }

  @Override
  public void close() {
    toMaster.close();
    toSlave.close();
    stack.close();
  }
}
