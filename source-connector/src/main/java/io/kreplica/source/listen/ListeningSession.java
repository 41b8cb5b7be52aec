package io.kreplica.source.listen;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.PGConnection;

/**
 * The doorbell's line to the master: an autocommit session that LISTENs, holds the source's locks,
 * and is never idle in a transaction. Thread: the reader's.
 */
public final class ListeningSession implements Doorbell.Line {

  private static final String CHANNEL = "replica_log";

  private final Connection connection;
  private final boolean isSilent;

  /** Starts to listen on a session of its own. */
  public ListeningSession(Connection connection) throws SQLException {
    this.connection = connection;
    execute("listen " + CHANNEL);
    this.isSilent = isTrue("select not doorbell_rings from replica.log_state");
  }

  @Override
  public boolean isSilent() {
    return isSilent;
  }

  @Override
  public boolean tryLock() throws SQLException {
    return isTrue("select pg_try_advisory_lock(" + sleepLock() + ")");
  }

  @Override
  public void unlock() throws SQLException {
    isTrue("select pg_advisory_unlock(" + sleepLock() + ")");
  }

  private static String sleepLock() {
    return Doorbell.LOCK_CLASS + ", " + Doorbell.SLEEP_LOCK;
  }

  @Override
  public boolean awaitRing(Duration atMost) throws SQLException {
    var notifications =
        connection
            .unwrap(PGConnection.class)
            .getNotifications(Math.toIntExact(Math.max(1, atMost.toMillis())));
    return notifications != null && notifications.length > 0;
  }

  @Override
  public void ping() throws SQLException {
    if (!isTrue("select '" + CHANNEL + "' in (select pg_listening_channels())")) {
      throw new SQLException(
          "The master has forgotten that this session listens; a pooler may be in between",
          "08006");
    }
  }

  @Override
  public void pause(Duration duration) throws InterruptedException {
    Thread.sleep(duration.toMillis());
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private boolean isTrue(String query) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(query)) {
      row.next();
      return row.getBoolean(1);
    }
  }
}
