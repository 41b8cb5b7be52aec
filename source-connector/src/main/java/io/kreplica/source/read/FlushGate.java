package io.kreplica.source.read;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets only what is durable leave the master. With {@code synchronous_commit=off} a visible row can
 * vanish in a crash, and its sequence number and transaction id be used again by another; so before
 * a batch is sent, the WAL must be flushed beyond everything that was visible when it was planned.
 * Where nobody else flushes it, a commit of our own does. The same statement reads the sequences,
 * after the batch was planned as it should be, and at no cost of a round trip. Thread: the
 * reader's.
 */
public final class FlushGate {

  private static final Logger LOG = LoggerFactory.getLogger(FlushGate.class);
  private static final int LOOKS_BEFORE_NUDGE = 3;

  /** Null until the WAL is flushed. */
  private static final String LOOK =
      """
      select case when pg_current_wal_flush_lsn() >= ?::pg_lsn then coalesce(
          (select json_agg(s) from replica.read_sequences() s)::text, '[]') end
      """;

  private final Connection connection;
  private boolean mayNudge = true;

  /** Works on an autocommit session. */
  public FlushGate(Connection connection) {
    this.connection = connection;
  }

  /**
   * Returns once the WAL is flushed up to the given place.
   *
   * @return the tracked sequences as they are now, for {@link SequenceWatch#read}
   */
  public String await(String lsn) throws SQLException, InterruptedException {
    for (var look = 1; ; look++) {
      var sequences = look(lsn);
      if (sequences.isPresent()) {
        return sequences.get();
      }
      if (look >= LOOKS_BEFORE_NUDGE && mayNudge) {
        nudge();
      } else {
        Thread.sleep(1);
      }
    }
  }

  private Optional<String> look(String lsn) throws SQLException {
    try (var statement = connection.prepareStatement(LOOK)) {
      statement.setString(1, lsn);
      try (var row = statement.executeQuery()) {
        row.next();
        return Optional.ofNullable(row.getString(1));
      }
    }
  }

  /** A transaction that writes nothing but one WAL record, and flushes it when it commits. */
  private void nudge() throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(
          "select set_config('synchronous_commit', 'local', true),"
              + " pg_logical_emit_message(true, 'kreplica', '')");
    } catch (SQLException e) {
      if (!"42501".equals(e.getSQLState())) {
        throw e;
      }
      LOG.info("The role may not write WAL messages; waiting for the server's own flushes instead");
      mayNudge = false;
    }
  }
}
