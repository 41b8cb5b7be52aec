package io.kreplica.sink;

import io.kreplica.SharedPostgres;
import io.kreplica.postgres.InstallScript;
import io.kreplica.stack.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A fresh database with KReplica installed, as a slave, and a login with the sink's role. */
public final class SlaveFixture implements AutoCloseable {

  public static final Path INSTALL =
      Path.of(System.getProperty("kreplica.root"), "sql/slave/install.sql");
  private static final InstallScript SCRIPT = InstallScript.ofFile(INSTALL);
  private static final InstallScript UNINSTALL =
      InstallScript.ofFile(INSTALL.resolveSibling("uninstall.sql"));
  static final String LOGIN = "sink_login";
  static final String PASSWORD = "secret";

  private static final AtomicInteger COUNTER = new AtomicInteger();

  /** Grants the sink's role every table of every schema, and every sequence. */
  public static final String GRANT_EVERYTHING =
      """
      do $$
      declare
          _schema name;
      begin
          for _schema in select nspname from pg_namespace
                         where nspname not in ('replica', 'information_schema') and nspname !~ '^pg_'
          loop
              execute format('grant usage on schema %I to replica_sink', _schema);
              execute format('grant select, insert, update, delete, truncate on all tables in schema %I'
                             ' to replica_sink', _schema);
              execute format('grant select, update on all sequences in schema %I to replica_sink', _schema);
          end loop;
      end
      $$
      """;

  private final PostgresServer server;
  private final String database;
  private Connection session;

  private SlaveFixture(PostgresServer server, String database, Connection session) {
    this.server = server;
    this.database = database;
    this.session = session;
  }

  /** Creates a database on the server. */
  public static SlaveFixture on(PostgresServer server) throws SQLException {
    var database = "slave" + COUNTER.incrementAndGet();
    SharedPostgres.create(server, database, SCRIPT);
    return readyForSink(server, database);
  }

  /** Makes a database that exists a slave, such as a master's. */
  public static SlaveFixture in(PostgresServer server, String database) throws SQLException {
    try (var session = server.connect(database)) {
      SCRIPT.run(session);
    }
    return readyForSink(server, database);
  }

  private static SlaveFixture readyForSink(PostgresServer server, String database)
      throws SQLException {
    var fixture = asItIs(server, database);
    fixture.execute(
        "do $$ begin if to_regrole('sink_login') is null then"
            + " create role sink_login login password 'secret';"
            + " if current_setting('server_version_num')::int < 150000 then"
            + " alter role sink_login set session_replication_role = replica; end if;"
            + " end if; end $$",
        // An uninstallation in another database may have taken the role along.
        "grant replica_sink to sink_login",
        "alter default privileges in schema public"
            + " grant select, insert, update, delete, truncate on tables to replica_sink",
        "alter default privileges in schema public"
            + " grant select, update on sequences to replica_sink");
    return fixture;
  }

  /** Takes the script out again. */
  public void uninstall() throws SQLException {
    UNINSTALL.run(session);
  }

  /** A database that is a slave already, such as one that was restored. */
  public static SlaveFixture asItIs(PostgresServer server, String database) throws SQLException {
    return new SlaveFixture(server, database, server.connect(database));
  }

  /** Settings of a sink connector for this slave. */
  public Map<String, String> settings(String... more) {
    var settings = new HashMap<String, String>();
    settings.put("name", "test-sink");
    settings.put("topics", TopicFixture.TOPIC);
    settings.put("connection.url", server.url(database));
    settings.put("connection.user", LOGIN);
    settings.put("connection.password", PASSWORD);
    settings.put("retry.backoff.max.ms", "200");
    for (var i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return settings;
  }

  String url() {
    return server.url(database);
  }

  public String database() {
    return database;
  }

  /** Another session as the superuser. */
  public Connection connect() throws SQLException {
    return server.connect(database);
  }

  /** Opens its session anew, after the server was down. */
  public void connectAgain() throws SQLException {
    session = connect();
  }

  /** The same slave over a new session, after the server was down. */
  SlaveFixture reconnect() throws SQLException {
    return new SlaveFixture(server, database, server.connect(database));
  }

  public Connection session() {
    return session;
  }

  public boolean isBefore15() throws SQLException {
    return session.getMetaData().getDatabaseMajorVersion() < 15;
  }

  public void execute(String... statements) throws SQLException {
    for (var sql : statements) {
      try (var statement = session.createStatement()) {
        statement.execute(sql);
      }
    }
  }

  /** Grants the sink's role every table of every schema, and every sequence. */
  public void grantEverything() throws SQLException {
    execute(GRANT_EVERYTHING);
  }

  /** The rows of a query, each as its columns' texts joined by a bar. */
  public List<String> rows(String query) throws SQLException {
    var lines = new ArrayList<String>();
    try (var statement = session.createStatement();
        var rows = statement.executeQuery(query)) {
      var columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        var values = new ArrayList<String>();
        for (var i = 1; i <= columns; i++) {
          values.add(rows.getString(i));
        }
        lines.add(String.join("|", values.stream().map(String::valueOf).toList()));
      }
    }
    return lines;
  }

  /** Ends the sessions of the sink's login in this database; how many there were. */
  int endSinkSessions() throws SQLException {
    return rows("select pg_terminate_backend(pid) from pg_stat_activity where usename = '"
            + LOGIN
            + "' and datname = current_database()")
        .size();
  }

  @Override
  public void close() throws SQLException {
    session.close();
    SharedPostgres.drop(server, database);
  }
}
