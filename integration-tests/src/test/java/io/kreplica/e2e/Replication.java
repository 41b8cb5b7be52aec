package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.load.BankLoad;
import io.kreplica.load.Comparison;
import io.kreplica.load.ConnectionSource;
import io.kreplica.stack.ConnectRest;
import io.kreplica.stack.ConnectorConfig;
import io.kreplica.stack.ConnectorStatus;
import io.kreplica.stack.Installation;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;

/**
 * One replicated shop: a database on each side, a topic and two connectors of its own, so that
 * tests share servers and nothing else. The connectors' settings are those of {@code config/}, but
 * for addresses and names.
 */
final class Replication implements AutoCloseable {

  private static final Duration RUNNING_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration EQUAL_TIMEOUT = Duration.ofSeconds(90);

  private final Backend backend;
  private final String name;
  private final Database slave;
  private Database master;

  /** Creates both databases with the same tables and, on the master, the bank's rows. */
  Replication(Backend backend, String name) throws SQLException {
    this(backend, backend.master(), backend.slave(), name);
  }

  /** The same on servers of the test's own, which are not closed with it. */
  Replication(Backend backend, Database masterServer, Database slaveServer, String name)
      throws SQLException {
    this.backend = backend;
    this.name = name;
    this.master = masterServer;
    this.slave = slaveServer;
    create(masterServer);
    create(slaveServer);
    try (var onMaster = onMaster();
        var onSlave = onSlave()) {
      Shop.createTables(onMaster);
      Shop.BANK.fill(onMaster);
      Installation.onMaster(onMaster);
      Shop.createTables(onSlave);
      Installation.onSlave(onSlave);
    }
  }

  private void create(Database server) throws SQLException {
    try (var connection = server.connect("postgres");
        var statement = connection.createStatement()) {
      statement.execute("create database " + name);
    }
  }

  /** From now on the master is on another server, whose database is a copy. */
  void moveMasterTo(Database server) {
    master = server;
  }

  Connection onMaster() throws SQLException {
    return master.connect(name);
  }

  Connection onSlave() throws SQLException {
    return slave.connect(name);
  }

  /** Runs a statement on the master. */
  void executeOnMaster(String sql) throws SQLException {
    execute(this::onMaster, sql);
  }

  /** Runs a statement on the slave. */
  void executeOnSlave(String sql) throws SQLException {
    execute(this::onSlave, sql);
  }

  private static void execute(ConnectionSource side, String sql) throws SQLException {
    try (var connection = side.open();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Ends the connectors' sessions on both sides. */
  void endSessions() throws SQLException {
    var end =
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            + " and application_name like 'kreplica-%'";
    executeOnMaster(end);
    executeOnSlave(end);
  }

  /** The one number that a query on the master returns. */
  long numberOnMaster(String sql) {
    return number(this::onMaster, sql);
  }

  /** The one number that a query on the slave returns. */
  long numberOnSlave(String sql) {
    return number(this::onSlave, sql);
  }

  private static long number(ConnectionSource side, String sql) {
    try (var connection = side.open();
        var statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  void track(List<String> tables) throws SQLException {
    for (var table : tables) {
      executeOnMaster("select replica.track('" + table + "')");
    }
  }

  /** Tracks all tables, and starts both connectors. */
  Replication start(Map<String, String> extra) throws SQLException {
    track(Shop.TABLES);
    startSource(extra);
    startSink(extra);
    return this;
  }

  String source() {
    return name + "-source";
  }

  String sink() {
    return name + "-sink";
  }

  String topic() {
    return "replica." + name;
  }

  void startSource(Map<String, String> extra) {
    var config = sourceConfig();
    config.putAll(extra);
    rest().create(source(), config);
    rest().awaitRunning(source(), RUNNING_TIMEOUT);
  }

  void startSink(Map<String, String> extra) {
    var config = sinkConfig();
    config.putAll(extra);
    rest().create(sink(), config);
    rest().awaitRunning(sink(), RUNNING_TIMEOUT);
  }

  Map<String, String> sourceConfig() {
    return ConnectorConfig.source(master.url(name), topic());
  }

  Map<String, String> sinkConfig() {
    return ConnectorConfig.sink(slave.url(name), topic());
  }

  ConnectRest rest() {
    return backend.rest();
  }

  void awaitRunning() {
    rest().awaitRunning(source(), RUNNING_TIMEOUT);
    rest().awaitRunning(sink(), RUNNING_TIMEOUT);
  }

  /** Waits until Connect has stored that all copies are made, so that no successor repeats them. */
  void awaitCopiesStored() {
    var last = numberOnMaster("select max(request_id) from replica.copy_request");
    Awaitility.await()
        .atMost(EQUAL_TIMEOUT)
        .until(() -> rest().offsets(source()).at("/offsets/0/offset/copied").asLong() >= last);
  }

  /**
   * Restarts a connector whose task had failed, once the cause is mended, and waits until it runs.
   * Connect restarts it by and by, and until then tells of the failure.
   */
  void restartMended(String connector) {
    rest().restart(connector);
    Awaitility.await()
        .atMost(RUNNING_TIMEOUT)
        .until(() -> rest().status(connector).filter(ConnectorStatus::isRunning).isPresent());
  }

  /** Waits until a connector's task has failed, and tells why. */
  String awaitFailed(String connector) {
    return Awaitility.await()
        .atMost(EQUAL_TIMEOUT)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> rest().status(connector).filter(ConnectorStatus::isFailed), Optional::isPresent)
        .orElseThrow()
        .trace();
  }

  /** Puts the bank to work. */
  BankLoad bankLoad(int perSecond, long seed) {
    return BankLoad.builder(Shop.BANK, this::onMaster)
        .clients(3)
        .rate(perSecond)
        .seed(seed)
        .start();
  }

  /** Puts the orders to work. */
  OrderLoad orderLoad(long seed) {
    return OrderLoad.start(this::onMaster, 3, seed);
  }

  SlaveWatcher watchSlave() {
    return SlaveWatcher.start(this::onSlave, Shop::inconsistency);
  }

  /** Changes two of the tables. */
  void write() throws SQLException {
    executeOnMaster("insert into note (body) values ('written')");
    executeOnMaster("update branch set balance = balance + 1");
  }

  /** Waits until all tables are equal on both sides, with what is written now. */
  void writeAndAwaitEqual() throws SQLException {
    write();
    awaitEqual();
  }

  /** Waits until all tables are equal on both sides, and fails if they do not become so. */
  void awaitEqual() throws SQLException {
    awaitEqual(Shop.TABLES);
  }

  void awaitEqual(List<String> tables) throws SQLException {
    var comparison = Comparison.await(this::onMaster, this::onSlave, tables, EQUAL_TIMEOUT);
    assertThat(comparison.areEqual()).as(() -> comparison + describe()).isTrue();
  }

  /** Waits until the slave's query returns the number. */
  void awaitOnSlave(String sql, long expected) {
    Awaitility.await()
        .atMost(EQUAL_TIMEOUT)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () -> assertThat(numberOnSlave(sql)).as(sql + describe()).isEqualTo(expected));
  }

  private String describe() {
    return "\n" + rest().status(source()) + "\n" + rest().status(sink());
  }

  @Override
  public void close() throws SQLException {
    for (var connector : List.of(sink(), source())) {
      if (rest().status(connector).isPresent()) {
        rest().delete(connector);
      }
    }
    for (var server : List.of(master, slave)) {
      try (var connection = server.connect("postgres");
          var statement = connection.createStatement()) {
        statement.execute("drop database " + name + " with (force)");
      }
    }
  }
}
