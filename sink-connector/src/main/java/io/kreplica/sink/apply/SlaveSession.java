package io.kreplica.sink.apply;

import io.kreplica.postgres.ConnectFault;
import io.kreplica.postgres.ServerMessage;
import io.kreplica.postgres.SessionFactory;
import io.kreplica.postgres.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;

/** What a session must be able to do before it applies anything. */
public final class SlaveSession {

  /** The version of the slave's script that this code works with. */
  private static final int SCRIPT_VERSION = 2;

  private static final int ROLE_CAN_BE_GRANTED = 15;

  private SlaveSession() {}

  /**
   * Opens a session.
   *
   * @throws SQLException in an outage
   * @throws ConnectException if the server refuses the session for good
   */
  public static Connection open(SessionFactory sessions) throws SQLException {
    try {
      return sessions.open();
    } catch (SQLException e) {
      if (Outages.isOutage(e)) {
        throw e;
      }
      throw new ConnectException(
          ConnectFault.describe(sessions, e) + " Then restart the task.",
          ServerMessage.withoutValues(e));
    }
  }

  /**
   * Checks that the slave's script has been run, in the version that this code works with.
   *
   * @throws ConnectException if not; the message says what to run
   */
  public static void checkScript(Connection connection, String user) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("select version from replica.slave_version")) {
      var version = rows.next() ? rows.getInt(1) : 0;
      if (version != SCRIPT_VERSION) {
        throw new ConnectException(
            "Cannot apply to this slave: its schema replica is of version "
                + version
                + ", and this sink needs version "
                + SCRIPT_VERSION
                + ". Run sql/slave/install.sql of the sink's release.");
      }
    } catch (SQLException e) {
      throw explainScript(e, user);
    }
  }

  private static SQLException explainScript(SQLException e, String user) {
    if (SqlStates.is(e, SqlStates.INSUFFICIENT_PRIVILEGE)) {
      throw new ConnectException(
          "Cannot apply to this slave: role '"
              + user
              + "' may not use the schema replica: "
              + Refusals.describe(e)
              + ". Run on the slave: grant replica_sink to "
              + user
              + "; if that was done, run sql/slave/install.sql again.",
          ServerMessage.withoutValues(e));
    }
    if (SqlStates.is(e, SqlStates.UNDEFINED_TABLE) || SqlStates.is(e, SqlStates.INVALID_SCHEMA)) {
      throw new ConnectException(
          "Cannot apply to this slave: it has no view replica.slave_version. Run"
              + " sql/slave/install.sql in this database.",
          ServerMessage.withoutValues(e));
    }
    return e;
  }

  /**
   * Checks that large values can be stored until their rows are written.
   *
   * @throws ConnectException if the role may not create temporary tables; the message says the
   *     grant
   */
  public static void checkTemporary(Connection connection, String user) throws SQLException {
    try (var select =
            connection.prepareStatement(
                "select quote_ident(current_database()), has_database_privilege("
                    + "current_database(), 'TEMPORARY')");
        var rows = select.executeQuery()) {
      rows.next();
      if (!rows.getBoolean(2)) {
        throw new ConnectException(
            "Cannot store values larger than a sixteenth of buffer.max.bytes until their rows are"
                + " written: role '"
                + user
                + "' may not create temporary tables. Run on the slave: grant temporary on database "
                + rows.getString(1)
                + " to replica_sink");
      }
    }
  }

  /**
   * Makes the session one of replication: no triggers, no foreign keys, no echo.
   *
   * @throws ConnectException if the role may not; the message says the grant
   */
  public static void becomeReplica(Connection connection, String user) throws SQLException {
    try (var statement = connection.createStatement()) {
      if (!isReplica(connection)) {
        statement.execute("set session_replication_role = replica");
      }
    } catch (SQLException e) {
      if (!SqlStates.is(e, SqlStates.INSUFFICIENT_PRIVILEGE)) {
        throw e;
      }
      var grantable = connection.getMetaData().getDatabaseMajorVersion() >= ROLE_CAN_BE_GRANTED;
      throw new ConnectException(
          "Cannot apply to this slave: role '"
              + user
              + "' may not set session_replication_role. Ask a superuser to run: "
              + (grantable
                  ? "grant set on parameter session_replication_role to " + user
                  : "alter role " + user + " set session_replication_role = replica"),
          ServerMessage.withoutValues(e));
    }
  }

  private static boolean isReplica(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("show session_replication_role")) {
      return rows.next() && rows.getString(1).equals("replica");
    }
  }

  /**
   * Ends what is left on the server of earlier sessions of the same connector: behind a connection
   * that was cut, a backend may hold the position row for hours.
   */
  static void endLeftovers(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where application_name = current_setting('application_name')"
              + " and usename = current_user and datname = current_database()"
              + " and pid <> pg_backend_pid()");
    }
  }

  /**
   * Bounds the wait for a lock, so that the task stays in its consumer group; it tries again for
   * ever.
   */
  static void boundLockWaits(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("set lock_timeout = '30s'");
    }
  }
}
