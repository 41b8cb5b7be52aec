package io.kreplica.source;

import io.kreplica.record.LogPosition;
import io.kreplica.source.master.MasterIdentity;
import io.kreplica.source.offset.SourceOffset;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * A source's standing on the master: takes the next epoch, finds where to begin where Connect knows
 * no offset, and moves an idle master's position on. Thread: the reader's.
 */
final class SourceRegistration {

  private final Connection connection;
  private final MasterIdentity identity;

  SourceRegistration(Connection connection, MasterIdentity identity) {
    this.connection = connection;
    this.identity = identity;
  }

  /**
   * Takes the next epoch.
   *
   * @param reader this task, which knows by it an epoch whose number was lost with the connection
   * @param previous this task's last epoch, if it had one
   * @throws ConnectException if another task has started since
   */
  long nextEpoch(UUID reader, Optional<Long> previous) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "update replica.log_state set epoch = epoch + 1, reader = ?::uuid"
                + " where epoch = coalesce(?::bigint, epoch) or reader = ?::uuid"
                + " returning epoch")) {
      statement.setString(1, reader.toString());
      statement.setString(2, previous.map(String::valueOf).orElse(null));
      statement.setString(3, reader.toString());
      try (var row = statement.executeQuery()) {
        if (!row.next()) {
          throw new ConnectException(
              "Cannot go on reading the log: another task of this connector has started since epoch "
                  + previous.orElse(0L)
                  + " and reads it now. This one stops.");
        }
        return row.getLong(1);
      }
    }
  }

  /**
   * Where a source without an offset begins: behind what Kafka has acknowledged, if anything; else
   * now or, if the slaves are to get the whole log, at its beginning. The choice is kept on the
   * master, so that a source that dies before Connect stores its first offset begins there again.
   */
  SourceOffset begin(SnapshotMode mode) throws SQLException {
    var first = mode == SnapshotMode.INITIAL ? identity.now() : LogPosition.BEGINNING;
    LogPosition begin;
    try (var statement =
        connection.prepareStatement(
            "update replica.log_state set confirmed = coalesce(confirmed, ?::pg_snapshot),"
                + " confirmed_at = coalesce(confirmed_at, now()) returning confirmed::text")) {
      statement.setString(1, first.toString());
      try (var row = statement.executeQuery()) {
        row.next();
        begin = LogPosition.parse(row.getString(1));
      }
    }
    if (mode == SnapshotMode.INITIAL) {
      requestCopies();
    }
    return identity.startAt(begin);
  }

  /** Lets the master know which topic has what will be pruned. */
  void sendTo(String topic) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "update replica.log_state set topic = ? where topic is distinct from ?")) {
      statement.setString(1, topic);
      statement.setString(2, topic);
      statement.executeUpdate();
    }
  }

  /** Crosses out the copies that nobody asked for by name: the slaves hold those rows already. */
  void passOverCopies() throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.executeUpdate(
          "update replica.copy_request set finished_at = now()"
              + " where finished_at is null and reason <> 'copy'");
    }
  }

  /** Uses up a transaction id, so that an idle master's position lies behind the last one. */
  void advanceMaster() throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("select pg_current_xact_id()");
    }
  }

  private void requestCopies() throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.executeUpdate(
          """
          insert into replica.copy_request (table_id, reason)
          select t.table_id, 'initial'
          from replica.tracked_table t
          where t.untracked_at is null
            and not exists (select from replica.copy_request r
                            where r.table_id = t.table_id and r.finished_at is null
                              and r.slave is null)
          order by t.table_id
          """);
    }
  }
}
