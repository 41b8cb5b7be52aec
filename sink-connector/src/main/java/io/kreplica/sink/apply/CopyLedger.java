package io.kreplica.sink.apply;

import io.kreplica.record.TableName;
import io.kreplica.sink.change.Change;
import io.kreplica.sink.change.Shape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@code replica.slave_table}: which tables the sink has met, and how far the copy of each
 * has come, within the transactions that apply them. Used by the task's thread only.
 */
final class CopyLedger {

  private static final Logger LOG = LoggerFactory.getLogger(CopyLedger.class);

  private final TableMap map;
  private final Set<TableName> met = new HashSet<>();
  private final Set<TableName> meeting = new HashSet<>();
  private final Set<TableName> complete = new HashSet<>();

  CopyLedger(TableMap map) {
    this.map = map;
  }

  void meet(Connection connection, String log, Collection<Shape> shapes) throws SQLException {
    for (var shape : shapes) {
      meet(connection, log, shape.table());
    }
  }

  private void meet(Connection connection, String log, TableName table) throws SQLException {
    if (met.contains(table) || !meeting.add(table)) {
      return;
    }
    try (var insert =
        connection.prepareStatement(
            "insert into replica.slave_table (log_id, source_table, slave_table) values (?, ?, ?)"
                + " on conflict (log_id, source_table)"
                + " do update set slave_table = excluded.slave_table"
                + " returning copy_ended_at is not null or copy_began_at is null and exists ("
                + "select from replica.replica_position p where p.log_id = slave_table.log_id"
                + " and p.joined::text = '1:1:')")) {
      insert.setString(1, log);
      insert.setString(2, table.toString());
      insert.setString(3, map.target(table).toString());
      try (var row = insert.executeQuery()) {
        if (row.next() && row.getBoolean(1)) {
          complete.add(table);
        }
      }
    }
  }

  /** Whether a table that was met holds all its rows, as far as the log is applied. */
  boolean isComplete(TableName table) {
    return complete.contains(table);
  }

  void beginCopy(Connection connection, String log, Change.CopyBegun copy) throws SQLException {
    meet(connection, log, copy.table());
    update(
        connection,
        "copy_request = ?, copy_began_at = clock_timestamp(), copy_ended_at = null",
        log,
        copy.table(),
        copy.request());
    complete.remove(copy.table());
  }

  void endCopy(Connection connection, String log, Change.CopyEnded copy) throws SQLException {
    meet(connection, log, copy.table());
    update(
        connection,
        "copy_request = ?, copy_ended_at = clock_timestamp()",
        log,
        copy.table(),
        copy.request());
    complete.add(copy.table());
    LOG.info("Copy {} of {} is complete", copy.request(), copy.table());
  }

  private static void update(
      Connection connection, String assignments, String log, TableName table, long request)
      throws SQLException {
    try (var update =
        connection.prepareStatement(
            "update replica.slave_table set "
                + assignments
                + " where log_id = ? and source_table = ?")) {
      update.setLong(1, request);
      update.setString(2, log);
      update.setString(3, table.toString());
      update.executeUpdate();
    }
  }

  void committed() {
    met.addAll(meeting);
    meeting.clear();
  }

  void rolledBack() {
    met.clear();
    meeting.clear();
    complete.clear();
  }
}
