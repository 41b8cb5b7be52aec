package io.kreplica.security;

import static org.assertj.core.api.Assertions.catchThrowable;

import io.kreplica.Mirror;
import io.kreplica.security.Authority.Identity;
import io.kreplica.sink.ReplicaSinkConnector;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.source.ReplicaSourceConnector;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.Directories;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A mirror on a server of its own that takes nobody but the superuser without TLS, and the ways to
 * reach it.
 */
final class SecureMirror implements AutoCloseable {

  /** A role that shows a certificate and no password. */
  static final String CERTIFIED = "certified_login";

  /** A role that has to show the server its password itself. */
  static final String SHOWN = "shown_login";

  private static final Path DIRECTORY = Directories.createTemporary("kreplica-tls-");
  private static final Authority AUTHORITY =
      Authority.create(DIRECTORY.resolve("own"), "authority");

  static final Identity SERVER = AUTHORITY.ofServer("localhost");
  static final Identity LOGIN = AUTHORITY.ofLogin(CERTIFIED);

  /** Somebody who says to be that login, or the server, by a certificate that he made himself. */
  static final Identity STRANGER = Authority.create(DIRECTORY.resolve("other"), CERTIFIED).self();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> Directories.delete(DIRECTORY), "delete-keys"));
  }

  private final PostgresServer server;
  private final Path shown;
  private final MasterFixture master;
  private final SlaveFixture slave;
  private final Mirror mirror;
  private final Map<String, String> access = new HashMap<>();
  private UnaryOperator<String> url;
  private int rows;

  private SecureMirror(PostgresServer server, Path shown) throws SQLException {
    this.server = server;
    this.shown = shown;
    this.master = MasterFixture.on(server);
    this.slave = SlaveFixture.on(server);
    this.mirror = Mirror.between(master, slave);
  }

  static SecureMirror on(PostgresVersion version) throws SQLException, IOException {
    var shown = Directories.create(DIRECTORY.resolve(version.name()));
    Files.copy(SERVER.certificate(), shown.resolve("server.crt"));
    Files.copy(SERVER.pemKey(), shown.resolve("server.key"));
    var server =
        PostgresServer.builder(version)
            .setting("fsync", "off")
            .setting("ssl", "on")
            .setting("ssl_ca_file", AUTHORITY.self().certificate().toString())
            .setting("ssl_cert_file", shown.resolve("server.crt").toString())
            .setting("ssl_key_file", shown.resolve("server.key").toString())
            .setting("password_encryption", "scram-sha-256")
            .accessRules(
                "host all postgres samehost trust",
                "hostssl all " + CERTIFIED + " samehost cert",
                "hostssl all " + SHOWN + " samehost password",
                "hostssl all all samehost scram-sha-256")
            .start();
    var secure = new SecureMirror(server, shown);
    secure.prepare(version);
    return secure;
  }

  private void prepare(PostgresVersion version) throws SQLException {
    for (var role : List.of(CERTIFIED, SHOWN)) {
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
    return server.port();
  }

  /**
   * A URL by which the server is verified.
   *
   * @param host with a port, if it is not the server's own
   * @param parameters those that differ or are added
   */
  String url(String host, String database, String... parameters) {
    var all = new ArrayList<>(List.of("sslmode=verify-full"));
    if (Stream.of(parameters).noneMatch(parameter -> parameter.startsWith("sslrootcert="))) {
      all.add("sslrootcert=" + AUTHORITY.self().certificate());
    }
    all.addAll(List.of(parameters));
    return "jdbc:postgresql://"
        + (host.contains(":") ? host : host + ":" + port())
        + "/"
        + database
        + "?"
        + String.join("&", all);
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

  /** From soon on the server shows this certificate to those who connect. */
  void show(Identity identity) throws SQLException, IOException {
    Files.write(shown.resolve("server.crt"), Files.readAllBytes(identity.certificate()));
    Files.write(shown.resolve("server.key"), Files.readAllBytes(identity.pemKey()));
    master.rows("select pg_reload_conf()");
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
