package io.kreplica.source.offset;

import io.kreplica.record.CheckKind;
import io.kreplica.record.LogPosition;
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
      ), checked as (
          update replica.check_request
          set finished_at = now()
          where finished_at is null
            and request_id <= case kind when 'repair' then ? when 'verify' then ? else ? end
      ), passed as (
          delete from replica.checkpoint
          where pg_visible_in_snapshot(writer, ?::pg_snapshot)
      )
      delete from replica.replica_log
      where (xid >= ?::xid8 and xid < ?::xid8 or xid = any (array(select pg_snapshot_xip(?::pg_snapshot))))
        and pg_visible_in_snapshot(xid, ?::pg_snapshot)
      """;

  private final Connection connection;
  private final Clock clock;
  private final Acknowledgements acknowledgements;
  private LogPosition confirmed;
  private Instant lastPruned = Instant.MIN;

  /**
   * What it contains is pruned. Not a transaction id below which all is: a transaction that stays
   * open would hold that back, and VACUUM too, so that each time all would be looked through again
   * that was deleted since.
   */
  private LogPosition pruned = LogPosition.BEGINNING;

  /**
   * Makes one. The session's commits are durable from now on: offsets will tell what the master has
   * noted, and a master that does not know it any more is taken for an older one.
   *
   * @param confirmed what the master has noted already
   */
  public LogPruner(
      Connection connection, Clock clock, Acknowledgements acknowledgements, LogPosition confirmed)
      throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(
          "select set_config('synchronous_commit', 'local', false)"
              + " where current_setting('synchronous_commit') = 'off'");
    }
    this.connection = connection;
    this.clock = clock;
    this.acknowledgements = acknowledgements;
    this.confirmed = confirmed;
  }

  /** What the master has durably noted as acknowledged. */
  public LogPosition confirmed() {
    return confirmed;
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
    var position = offset.position();
    try (var statement = connection.prepareStatement(PRUNE)) {
      statement.setString(1, position.toString());
      statement.setString(2, offset.log());
      statement.setLong(3, offset.copied());
      statement.setLong(4, offset.checks().of(CheckKind.REPAIR).answered());
      statement.setLong(5, offset.checks().of(CheckKind.VERIFY).answered());
      statement.setLong(6, offset.checks().of(CheckKind.INTERVAL).answered());
      statement.setString(7, position.toString());
      statement.setString(8, Long.toString(pruned.xmax()));
      statement.setString(9, Long.toString(position.xmax()));
      statement.setString(10, pruned.toString());
      statement.setString(11, position.toString());
      var rows = statement.executeUpdate();
      LOG.debug("Confirmed {}, pruned {} log rows", position, rows);
    }
    pruned = position;
    confirmed = position;
  }
}
