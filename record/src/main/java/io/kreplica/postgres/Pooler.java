package io.kreplica.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/**
 * A connection pooler between a connector and PostgreSQL, such as PgBouncer. One that gives whole
 * sessions will do. One that gives transactions, or statements, will not: what a connector sets for
 * its session, such as {@code session_replication_role}, and the locks that it holds, would be lost
 * to it and stay with other clients, whose triggers and searches would change without a word.
 */
final class Pooler {

  /** Asked of a pooler that has no backend to spare: it makes a transaction wait. */
  private static final int ANSWER_WITHIN_MS = 5_000;

  /** What no waiting helps against. */
  private static final String NOT_SUPPORTED = "0A000";

  /** Opens another session in the same way. */
  @FunctionalInterface
  interface Sessions {
    Connection connect() throws SQLException;
  }

  private Pooler() {}

  /** Whether the backend is another than the one that greeted the driver: a pooler makes it up. */
  static boolean isBefore(Connection connection) throws SQLException {
    return backend(connection) != connection.unwrap(PGConnection.class).getBackendPID();
  }

  /**
   * Refuses a pooler that does not give whole sessions. Changes nothing behind it.
   *
   * @param connection a session through the pooler in which nothing has been set yet
   * @throws RefusedSessionException if two sessions turn out to share a backend
   */
  static void refuseShared(Connection connection, Sessions sessions) throws SQLException {
    var before = backend(connection);
    try (var other = sessions.connect()) {
      other.setNetworkTimeout(Runnable::run, ANSWER_WITHIN_MS);
      if (backend(other) == before || takesAway(before, other, connection)) {
        throw new RefusedSessionException(
            ConnectFault.POOLER,
            new SQLException(
                "a pooler in between, such as PgBouncer, gives each transaction another backend,"
                    + " where this connector's settings and locks would be lost to it and reach"
                    + " other clients",
                NOT_SUPPORTED));
      }
    }
  }

  /** Whether a session has another backend while the other is in a transaction. */
  private static boolean takesAway(int before, Connection other, Connection connection)
      throws SQLException {
    other.setAutoCommit(false);
    return backend(other) == before || backend(connection) != before;
  }

  private static int backend(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("select pg_catalog.pg_backend_pid()")) {
      row.next();
      return row.getInt(1);
    }
  }
}
