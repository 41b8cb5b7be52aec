package io.kreplica.sink.apply;

import io.kreplica.record.SchemaCommand;
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

  /** Notes that a table was met. */
  void meet(Connection connection, String log, TableName table) throws SQLException {
    if (met.contains(table) || !meeting.add(table)) {
      return;
    }
    try (var insert =
        connection.prepareStatement(
            "insert into replica.slave_table (log_id, source_table, slave_table) values (?, ?, ?)"
                + " on conflict (log_id, source_table)"
                + " do update set slave_table = excluded.slave_table"
                + " returning let_go_at is null and (copy_ended_at is not null"
                + " or copy_began_at is null and exists ("
                + "select from replica.replica_position p where p.log_id = slave_table.log_id"
                + " and p.joined::text = '1:1:'))")) {
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
        "copy_request = ?, copy_began_at = clock_timestamp(), copy_ended_at = null,"
            + " altered = null, let_go_at = case when taken_back_at is null then let_go_at end, taken_back_at = null",
        log,
        copy.table(),
        copy.request());
    complete.remove(copy.table());
  }

  void endCopy(Connection connection, String log, Change.CopyEnded copy) throws SQLException {
    meet(connection, log, copy.table());
    if (update(
        connection,
        "copy_request = ?, copy_ended_at = clock_timestamp()",
        log,
        copy.table(),
        copy.request())) {
      complete.add(copy.table());
    }
    LOG.info("Copy {} of {} is complete", copy.request(), copy.table());
  }

  /** Notes what the master remarks about tables that it logs no more, or again. */
  void heed(Connection connection, String log, SchemaCommand command) throws SQLException {
    if (command.letGo().isPresent()) {
      miss(
          connection,
          log,
          command.letGo().get(),
          "let_go_at = clock_timestamp(), taken_back_at = null");
    }
    if (command.takenBack().isPresent()) {
      miss(
          connection,
          log,
          command.takenBack().get(),
          "let_go_at = coalesce(let_go_at, clock_timestamp()), taken_back_at = clock_timestamp()");
    }
  }

  /** Until it is copied, the table lacks changes. */
  private void miss(Connection connection, String log, TableName table, String assignments)
      throws SQLException {
    meet(connection, log, table);
    update(connection, assignments, log, table);
    complete.remove(table);
  }

  /** Returns whether the table is one whose changes have all been logged. */
  private static boolean update(
      Connection connection, String assignments, String log, TableName table, long... request)
      throws SQLException {
    try (var update =
        connection.prepareStatement(
            "update replica.slave_table set "
                + assignments
                + " where log_id = ? and source_table = ? returning let_go_at is null")) {
      var parameter = 1;
      for (var number : request) {
        update.setLong(parameter++, number);
      }
      update.setString(parameter++, log);
      update.setString(parameter, table.toString());
      try (var row = update.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
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
