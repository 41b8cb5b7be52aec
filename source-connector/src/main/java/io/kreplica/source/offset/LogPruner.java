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

  /** Prunes what has been acknowledged since, at most once a second. */
  public void pruneNowAndThen() throws SQLException {
    if (lastPruned.plus(INTERVAL).isBefore(clock.instant())) {
      prune();
    }
  }

  /** Prunes what has been acknowledged since the last time. */
  public void prune() throws SQLException {
    var acknowledged = acknowledgements.take();
    if (acknowledged.isPresent()) {
      confirm(acknowledged.get());
      lastPruned = clock.instant();
    }
  }

  private void confirm(SourceOffset offset) throws SQLException {
    update(
        "update replica.log_state set confirmed = ?::pg_snapshot, confirmed_at = now()"
            + " where log_id = ?::uuid",
        offset.position().toString(),
        offset.log());
    finishCopies(offset);
    var confirmed = offset.position();
    var rows =
        update(
            "delete from replica.replica_log where xid >= ?::xid8 and xid < ?::xid8"
                + " and pg_visible_in_snapshot(xid, ?::pg_snapshot)",
            Long.toString(prunedBelow),
            Long.toString(confirmed.xmax()),
            confirmed.toString());
    update(
        "delete from replica.checkpoint where writer < ?::xid8", Long.toString(confirmed.xmin()));
    LOG.debug("Confirmed {}, pruned {} log rows", confirmed, rows);
    prunedBelow = confirmed.xmin();
  }

  private void finishCopies(SourceOffset offset) throws SQLException {
    if (offset.copied() > 0) {
      update(
          "update replica.copy_request set finished_at = now()"
              + " where finished_at is null and request_id <= ?::bigint",
          Long.toString(offset.copied()));
    }
  }

  private int update(String sql, String... parameters) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (var i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      return statement.executeUpdate();
    }
  }
}
