package io.kreplica.sink.apply;

import io.kreplica.record.TableName;
import io.kreplica.sink.change.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Looks, before rows are written, for those that are not on the slave as the master had them:
 * missing, extra or changed. Each key's first change since the slave's last commit tells what the
 * master had; what this transaction has written itself is there as told. Tables whose copy is not
 * complete are left out. Used by the task's thread only.
 */
final class ConflictWatch {

  /** So many keys are looked up by one statement. */
  private static final int CHUNK_ROWS = 5_000;

  private final Connection connection;
  private final Tables tables;
  private final CopyLedger ledger;
  private final ConflictMode mode;
  private final ConflictLog log;

  ConflictWatch(
      Connection connection, Tables tables, CopyLedger ledger, ConflictMode mode, ConflictLog log) {
    this.connection = connection;
    this.tables = tables;
    this.ledger = ledger;
    this.mode = mode;
    this.log = log;
  }

  /**
   * Looks at the rows of a step, none of which is written yet.
   *
   * @throws ConnectException if one is in conflict and the mode is to fail
   */
  void look(Reduction.Rows step) throws SQLException {
    if (!mode.isWatching() || !ledger.isComplete(step.table())) {
      return;
    }
    var rows = new ArrayList<Change.Row>();
    for (var run : step.runs()) {
      for (var row : run.rows()) {
        if (row.expectation().isTelling()) {
          rows.add(row);
        }
      }
    }
    if (rows.isEmpty()) {
      return;
    }
    var plan = tables.plan(connection, rows.get(0).shape());
    // Keys that are equal though their texts differ must meet in one statement.
    var chunk = plan.equalAsText() ? CHUNK_ROWS : rows.size();
    for (var i = 0; i < rows.size(); i += chunk) {
      look(step.table(), plan, rows.subList(i, Math.min(rows.size(), i + chunk)));
    }
  }

  private void look(TableName table, TablePlan plan, List<Change.Row> rows) throws SQLException {
    try (var statement = connection.prepareStatement(plan.probe())) {
      var parameters = parameters(rows);
      for (var i = 0; i < parameters.size(); i++) {
        statement.setString(i + 1, parameters.get(i));
      }
      try (var found = statement.executeQuery()) {
        while (found.next()) {
          meet(table, Conflict.valueOf(found.getString(2)), rows.get(found.getInt(1) - 1));
        }
      }
    }
  }

  private List<String> parameters(List<Change.Row> rows) throws SQLException {
    var expected = new ArrayLiteral();
    var old = new ArrayLiteral();
    List<ArrayLiteral> keys = new ArrayList<>();
    for (var row : rows) {
      var key = tables.plan(connection, row.shape()).keyOf(row);
      while (keys.size() < key.size()) {
        keys.add(new ArrayLiteral());
      }
      for (var i = 0; i < key.size(); i++) {
        keys.get(i).add(key.get(i));
      }
      expected.add(row.expectation().presence().name());
      old.add(row.expectation().old());
    }
    keys.add(expected);
    keys.add(old);
    return keys.stream().map(ArrayLiteral::toString).toList();
  }

  private void meet(TableName table, Conflict conflict, Change.Row row) {
    if (mode == ConflictMode.FAIL) {
      throw conflict.refuse(row, tables.target(table));
    }
    log.note(table, conflict, row.shape().describeKey(row.values()));
  }

  /** Counts what was found, within the transaction that is about to commit. */
  void count(String logId) throws SQLException {
    log.count(connection, logId);
  }
}
