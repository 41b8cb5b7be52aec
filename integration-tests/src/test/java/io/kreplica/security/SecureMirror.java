package io.kreplica.security;

import static org.assertj.core.api.Assertions.catchThrowable;

import io.kreplica.Mirror;
import io.kreplica.security.Authority.Identity;
import io.kreplica.sink.ReplicaSinkConnector;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.source.ReplicaSourceConnector;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresVersion;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A mirror on a secure server of its own, and the ways to reach it. */
final class SecureMirror implements AutoCloseable {

  private final SecureServer server;
  private final MasterFixture master;
  private final SlaveFixture slave;
  private final Mirror mirror;
  private final Map<String, String> access = new HashMap<>();
  private UnaryOperator<String> url;
  private int rows;

  private SecureMirror(SecureServer server) throws SQLException {
    this.server = server;
    this.master = MasterFixture.on(server.postgres());
    this.slave = SlaveFixture.on(server.postgres());
    this.mirror = Mirror.between(master, slave);
  }

  static SecureMirror on(PostgresVersion version) throws SQLException, IOException {
    var secure = new SecureMirror(SecureServer.start(version));
    secure.prepare(version);
    return secure;
  }

  private void prepare(PostgresVersion version) throws SQLException {
    for (var role : List.of(SecureServer.CERTIFIED, SecureServer.SHOWN)) {
      master.execute(
          "create role " + role + " login password 'secret' in role replica_source, replica_sink");
      if (version == PostgresVersion.OLDEST) {
        master.execute("alter role " + role + " set session_replication_role = replica");
      }
    }
    mirror.onBoth("create table account (id int primary key, name text)").track("account");
  }

  Mirror mirror() {
    return mirror;
  }

  int port() {
    return server.postgres().port();
  }

  /** A URL by which the server is verified; see {@link SecureServer#url}. */
  String url(String host, String database, String... parameters) {
    return server.url(host, database, parameters);
  }

  /** From now on both connectors reach their databases so, each with its usual login. */
  void reach(UnaryOperator<String> urlOfDatabase) {
    url = urlOfDatabase;
    access.clear();
    set("connection.timeout.ms", "10000");
  }

  /** Sets this for both connectors, until they are to reach their databases in another way. */
  void set(String setting, String value) {
    access.put(setting, value);
    mirror.restartSource().restartSink(0);
    sourceSettings().forEach((name, text) -> mirror.source(name, text));
    sinkSettings().forEach((name, text) -> mirror.sink(name, text));
  }

  void logInAs(String role, String password) {
    set("connection.user", role);
    set("connection.password", password);
  }

  private Map<String, String> sourceSettings() {
    var settings = master.settings("connection.url", url.apply(master.database()));
    settings.putAll(access);
    return settings;
  }

  private Map<String, String> sinkSettings() {
    var settings = slave.settings("connection.url", url.apply(slave.database()));
    settings.putAll(access);
    return settings;
  }

  /** What validation says of the source and of the sink, each behind the setting's name. */
  List<String> validationErrors() {
    return Stream.of(
            new ReplicaSourceConnector().validate(sourceSettings()),
            new ReplicaSinkConnector().validate(sinkSettings()))
        .flatMap(config -> config.configValues().stream())
        .flatMap(value -> value.errorMessages().stream().map(m -> value.name() + ": " + m))
        .toList();
  }

  /** What stops a source task that starts; null if it goes on waiting. */
  Throwable refusalOfSource() {
    try (var run = TaskRun.first(sourceSettings())) {
      return catchThrowable(() -> run.until(sent -> false));
    }
  }

  /** What stops a sink task that starts; null if it goes on waiting. */
  Throwable refusalOfSink() {
    var refusal = catchThrowable(() -> mirror.sinkTask(0));
    mirror.restartSource().restartSink(0);
    return refusal;
  }

  void insertARow() throws SQLException {
    rows++;
    master.execute("insert into account values (" + rows + ", 'a')");
  }

  /** Both databases are the same, with one more row. */
  void replicateARow() throws Exception {
    insertARow();
    mirror.settle().assertEqual();
  }

  /** The connectors' sessions: whose, whether with TLS, and with whose certificate. */
  List<String> connections() throws SQLException {
    return master.rows(
        "select a.usename, s.ssl, s.client_dn from pg_stat_ssl s join pg_stat_activity a using (pid)"
            + " where a.application_name like 'kreplica-%'");
  }

  void endConnections() throws SQLException {
    master.rows(
        "select pg_terminate_backend(pid) from pg_stat_activity"
            + " where application_name like 'kreplica-%'");
  }

  /** From now on the server shows this certificate to those who connect. */
  void show(Identity identity) throws SQLException, IOException {
    server.show(identity);
  }

  @Override
  public void close() throws SQLException {
    try {
      mirror.close();
    } finally {
      server.close();
    }
  }
}
