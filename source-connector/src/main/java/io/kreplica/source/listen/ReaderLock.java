package io.kreplica.source.listen;

import java.sql.Connection;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One source reads a log at a time: it holds this lock for as long as its listening session lives.
 * A backend that a dead predecessor of the same connector left behind is ended; another connector's
 * is only named.
 */
public final class ReaderLock {

  private static final Logger LOG = LoggerFactory.getLogger(ReaderLock.class);

  private static final int ATTEMPTS = 20;
  private static final int PAUSE_MS = 50;

  private static final String HOLDER =
      """
      select l.pid, coalesce(a.application_name, ''), coalesce(host(a.client_addr), 'local')
      from pg_locks l
      left join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'advisory' and l.classid = ? and l.objid = ? and l.objsubid = 2
        and l.database = (select d.oid from pg_database d where d.datname = current_database())
        and l.granted
      """;

  private ReaderLock() {}

  /**
   * Takes the lock for the session.
   *
   * @param applicationName the connector's own, by which a predecessor is known
   * @throws ConnectException if another connector holds it; the message names who
   * @throws SQLException with state 55P03 if a predecessor takes its time to go
   */
  public static void acquire(Connection connection, String applicationName)
      throws SQLException, InterruptedException {
    for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (tryAcquire(connection)) {
        return;
      }
      evictPredecessor(connection, applicationName);
      Thread.sleep(PAUSE_MS);
    }
    throw new SQLException("A predecessor of this task still holds the log", "55P03");
  }

  /**
   * Ends what is left on the server of a predecessor's other sessions: behind a connection that was
   * cut, a backend may hold an old snapshot for hours.
   *
   * @param connection the one that holds the lock
   * @param other the only other session that is not a predecessor's
   */
  public static void endLeftovers(Connection connection, Connection other) throws SQLException {
    try (var backend = other.createStatement();
        var pid = backend.executeQuery("select pg_backend_pid()");
        var statement =
            connection.prepareStatement(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where application_name = current_setting('application_name')"
                    + " and usename = current_user and datname = current_database()"
                    + " and pid not in (pg_backend_pid(), ?)")) {
      pid.next();
      statement.setInt(1, pid.getInt(1));
      statement.execute();
    }
  }

  private static boolean tryAcquire(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement("select pg_try_advisory_lock(?, ?)")) {
      statement.setInt(1, Doorbell.LOCK_CLASS);
      statement.setInt(2, Doorbell.READER_LOCK);
      try (var row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  private static void evictPredecessor(Connection connection, String applicationName)
      throws SQLException {
    try (var statement = connection.prepareStatement(HOLDER)) {
      statement.setInt(1, Doorbell.LOCK_CLASS);
      statement.setInt(2, Doorbell.READER_LOCK);
      try (var row = statement.executeQuery()) {
        if (!row.next()) {
          return;
        }
        if (!row.getString(2).equals(applicationName)) {
          throw new ConnectException(
              String.format(
                  "Cannot read the log: another source reads it already ('%s', backend %d from %s)."
                      + " One log has one source. Delete one of the two connectors.",
                  row.getString(2), row.getInt(1), row.getString(3)));
        }
        LOG.info("Ending backend {}, which a predecessor of this task left behind", row.getInt(1));
        try (var terminate = connection.prepareStatement("select pg_terminate_backend(?)")) {
          terminate.setInt(1, row.getInt(1));
          terminate.execute();
        }
      }
    }
  }
}
