package io.kreplica.source;

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

/** A fresh database with KReplica installed, as a master, and a login with the source's role. */
public final class MasterFixture implements AutoCloseable {

  public static final Path INSTALL =
      Path.of(System.getProperty("kreplica.root"), "sql/master/install.sql");

  public static final InstallScript UNINSTALL =
      InstallScript.ofFile(INSTALL.resolveSibling("uninstall.sql"));
  private static final InstallScript SCRIPT = InstallScript.ofFile(INSTALL);
  private static final String LOGIN = "source_login";
  private static final AtomicInteger COUNTER = new AtomicInteger();

  private PostgresServer server;
  private final String database;
  private Connection session;

  private MasterFixture(PostgresServer server, String database, Connection session) {
    this.server = server;
    this.database = database;
    this.session = session;
  }

  /** Creates a database on the server. */
  public static MasterFixture on(PostgresServer server) throws SQLException {
    var database = "master" + COUNTER.incrementAndGet();
    SharedPostgres.create(server, database, SCRIPT);
    var fixture = asItIs(server, database);
    // A log of its own, as where the script has run in this database itself.
    fixture.execute(
        "update replica.log_state set log_id = gen_random_uuid(),"
            + " database = (select oid from pg_database where datname = current_database())");
    return fixture;
  }

  /** Creates a database on the server, with another script, such as one of a version before. */
  public static MasterFixture on(PostgresServer server, InstallScript script) throws SQLException {
    var database = "master" + COUNTER.incrementAndGet();
    server.createDatabase(database);
    return in(server, database, script);
  }

  /** Makes a database that exists a master, such as a slave's. */
  public static MasterFixture in(PostgresServer server, String database) throws SQLException {
    return in(server, database, SCRIPT);
  }

  /** Makes a database that exists a master, with another script. */
  public static MasterFixture in(PostgresServer server, String database, InstallScript script)
      throws SQLException {
    try (var session = server.connect(database)) {
      script.run(session);
    }
    return asItIs(server, database);
  }

  /** A database that is a master already, such as one that was restored. */
  public static MasterFixture asItIs(PostgresServer server, String database) throws SQLException {
    var fixture = new MasterFixture(server, database, server.connect(database));
    fixture.execute(
        "do $$ begin if to_regrole('source_login') is null then"
            + " create role source_login login password 'secret'; end if; end $$",
        // An uninstallation in another database may have taken the role along.
        "grant replica_source to source_login");
    return fixture;
  }

  /** Takes the script out again. */
  public void uninstall() throws SQLException {
    UNINSTALL.run(session);
  }

  /** Settings of a source connector for this master. */
  public Map<String, String> settings(String... more) {
    var settings = new HashMap<String, String>();
    settings.put("name", "test-source");
    settings.put("connection.url", server.url(database));
    settings.put("connection.user", LOGIN);
    settings.put("connection.password", "secret");
    settings.put("topic", "test");
    settings.put("retry.backoff.max.ms", "200");
    for (var i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return settings;
  }

  public String database() {
    return database;
  }

  /** Another session as the superuser. */
  public Connection connect() throws SQLException {
    return server.connect(database);
  }

  /** The same master on another server, to which it failed over, or where it was restored. */
  public void moveTo(PostgresServer other) throws SQLException {
    server = other;
    connectAgain();
  }

  /** Opens its session anew, after the server was down. */
  public void connectAgain() throws SQLException {
    session = server.connect(database);
  }

  public Connection session() {
    return session;
  }

  public void execute(String... statements) throws SQLException {
    for (var sql : statements) {
      try (var statement = session.createStatement()) {
        statement.execute(sql);
      }
    }
  }

  /** The rows of a query, each as its columns' texts joined by a bar. */
  public List<String> rows(String query) throws SQLException {
    return rows(session, query);
  }

  public static List<String> rows(Connection connection, String query) throws SQLException {
    var rows = new ArrayList<String>();
    try (var statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      while (result.next()) {
        var row = new ArrayList<String>();
        for (var i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(result.getString(i));
        }
        rows.add(String.join("|", row.stream().map(String::valueOf).toList()));
      }
    }
    return rows;
  }

  public String value(String query) throws SQLException {
    return rows(query).get(0);
  }

  @Override
  public void close() throws SQLException {
    session.close();
    SharedPostgres.drop(server, database);
  }
}
