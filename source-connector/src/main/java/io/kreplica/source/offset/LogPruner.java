package io.kreplica.source.offset;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the master how far Kafka has acknowledged its log, and deletes the log rows that this
 * position contains. The confirmed position also proves, after a failover, that the new master lost
 * nothing that was sent. Thread: the reader's, on an autocommit session.
 */
public final class LogPruner {

  private static final Logger LOG = LoggerFactory.getLogger(LogPruner.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** One statement, so that it is one commit on the master. */
  private static final String PRUNE =
      """
      with confirmed as (
          update replica.log_state
          set confirmed = ?::pg_snapshot, confirmed_at = now()
          where log_id = ?::uuid
      ), finished as (
          update replica.copy_request
          set finished_at = now()
          where finished_at is null and request_id <= ?
      ), passed as (
          delete from replica.checkpoint
          where writer < ?::xid8
      )
      delete from replica.replica_log
      where xid >= ?::xid8 and xid < ?::xid8 and pg_visible_in_snapshot(xid, ?::pg_snapshot)
      """;

  private final Connection connection;
  private final Clock clock;
  private final Acknowledgements acknowledgements;
  private Instant lastPruned = Instant.MIN;

  /** Below this transaction id nothing is left to prune. */
  private long prunedBelow;

  public LogPruner(Connection connection, Clock clock, Acknowledgements acknowledgements) {
    this.connection = connection;
    this.clock = clock;
    this.acknowledgements = acknowledgements;
  }

  /** Prunes what has been acknowledged since the last time, at most once a second. */
  public void pruneNowAndThen() throws SQLException {
    if (lastPruned.plus(INTERVAL).isAfter(clock.instant())) {
      return;
    }
    var acknowledged = acknowledgements.take();
    if (acknowledged.isPresent()) {
      confirm(acknowledged.get());
      lastPruned = clock.instant();
    }
  }

  private void confirm(SourceOffset offset) throws SQLException {
    var confirmed = offset.position();
    try (var statement = connection.prepareStatement(PRUNE)) {
      statement.setString(1, confirmed.toString());
      statement.setString(2, offset.log());
      statement.setLong(3, offset.copied());
      statement.setString(4, Long.toString(confirmed.xmin()));
      statement.setString(5, Long.toString(prunedBelow));
      statement.setString(6, Long.toString(confirmed.xmax()));
      statement.setString(7, confirmed.toString());
      var rows = statement.executeUpdate();
      LOG.debug("Confirmed {}, pruned {} log rows", confirmed, rows);
    }
    prunedBelow = confirmed.xmin();
  }
}
