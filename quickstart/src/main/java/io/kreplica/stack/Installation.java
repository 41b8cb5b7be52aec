package io.kreplica.stack;

import io.kreplica.postgres.InstallScript;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;

/**
 * Prepares a master and a slave as an administrator would: runs KReplica's SQL, and creates the
 * login roles that {@code config/source.json} and {@code config/sink.json} name.
 */
public final class Installation {

  public static final String SOURCE_USER = "replica_source_login";
  public static final String SOURCE_PASSWORD = "source-secret";
  public static final String SINK_USER = "replica_sink_login";
  public static final String SINK_PASSWORD = "sink-secret";

  private static final String MASTER_SCRIPT = "sql/master/install.sql";
  private static final String SLAVE_SCRIPT = "sql/slave/install.sql";

  /** What runs the scripts. */
  public enum Tool {
    PSQL("psql -f"),
    JDBC("no psql here, so through JDBC");

    private final String title;

    Tool(String title) {
      this.title = title;
    }

    /** How a person calls it. */
    public String title() {
      return title;
    }

    /** psql where it is on the PATH. */
    public static Tool preferred() {
      var found =
          Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
              .anyMatch(directory -> Files.isExecutable(Path.of(directory, "psql")));
      return found ? PSQL : JDBC;
    }
  }

  private Installation() {}

  /** Makes a database ready to be a master. */
  public static void onMaster(PostgresServer server, String database, Tool tool)
      throws SQLException {
    try (var connection = server.connect(database)) {
      switch (tool) {
        case PSQL -> {
          runWithPsql(MASTER_SCRIPT, server, database);
          admitSource(connection);
        }
        case JDBC -> onMaster(connection);
      }
    }
  }

  /** Makes a database ready to be a slave; the sink may write the tables of schema public. */
  public static void onSlave(PostgresServer server, String database, Tool tool)
      throws SQLException {
    try (var connection = server.connect(database)) {
      switch (tool) {
        case PSQL -> {
          runWithPsql(SLAVE_SCRIPT, server, database);
          admitSink(connection);
        }
        case JDBC -> onSlave(connection);
      }
    }
  }

  /** Makes a database of any server ready to be a master, in a session of its superuser. */
  public static void onMaster(Connection connection) throws SQLException {
    InstallScript.ofFile(ProjectRoot.resolve(MASTER_SCRIPT)).run(connection);
    admitSource(connection);
  }

  /** Makes a database of any server ready to be a slave, in a session of its superuser. */
  public static void onSlave(Connection connection) throws SQLException {
    InstallScript.ofFile(ProjectRoot.resolve(SLAVE_SCRIPT)).run(connection);
    admitSink(connection);
  }

  private static void admitSource(Connection connection) throws SQLException {
    createLogin(connection, SOURCE_USER, SOURCE_PASSWORD, "replica_source");
  }

  private static void admitSink(Connection connection) throws SQLException {
    createLogin(connection, SINK_USER, SINK_PASSWORD, "replica_sink");
    try (var statement = connection.createStatement()) {
      statement.execute(
          """
          grant select, insert, update, delete, truncate on all tables in schema public
              to replica_sink;
          alter default privileges in schema public
              grant select, insert, update, delete, truncate on tables to replica_sink;
          grant select, update on all sequences in schema public to replica_sink;
          alter default privileges in schema public
              grant select, update on sequences to replica_sink;
          """);
      if (connection.getMetaData().getDatabaseMajorVersion() < 15) {
        // There the right to set it cannot be granted.
        statement.execute("alter role " + SINK_USER + " set session_replication_role = replica");
      }
    }
  }

  private static void createLogin(Connection connection, String user, String password, String group)
      throws SQLException {
    try (var statement = connection.createStatement();
        var found = statement.executeQuery("select from pg_roles where rolname = '" + user + "'")) {
      if (!found.next()) {
        statement.execute(
            "create role " + user + " login password '" + password + "' in role " + group);
      } else {
        // The group may have gone and come again since, with a script that was taken out.
        statement.execute("grant " + group + " to " + user);
      }
    }
  }

  private static void runWithPsql(String script, PostgresServer server, String database) {
    var command =
        new ProcessBuilder(
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
            "--single-transaction",
            "--host=localhost",
            "--port=" + server.port(),
            "--username=postgres",
            "--dbname=" + database,
            "--file=" + ProjectRoot.resolve(script));
    command.environment().put("PGOPTIONS", "-c client_min_messages=warning");
    try {
      var psql = command.redirectErrorStream(true).start();
      var printed = new String(psql.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (psql.waitFor() != 0) {
        throw new IllegalStateException("Cannot run " + script + " with psql: " + printed);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot run psql", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while psql runs " + script, e);
    }
  }
}
