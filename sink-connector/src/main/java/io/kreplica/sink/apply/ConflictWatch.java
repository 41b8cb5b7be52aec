package io.kreplica.sink.apply;

import io.kreplica.record.TableName;
import io.kreplica.sink.change.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
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

  /** So many conflicts wait for the rest of their transaction at most. */
  private static final int MOST_SUSPECTS = 10_000;

  private final Connection connection;
  private final Tables tables;
  private final CopyLedger ledger;
  private final ConflictMode mode;
  private final ConflictLog log;
  private final Map<Suspect.Key, Suspect> suspects = new LinkedHashMap<>();

  ConflictWatch(
      Connection connection, Tables tables, CopyLedger ledger, ConflictMode mode, ConflictLog log) {
    this.connection = connection;
    this.tables = tables;
    this.ledger = ledger;
    this.mode = mode;
    this.log = log;
  }

  /** A conflict, unless a later change of the key in the same transaction revises what was told. */
  private record Suspect(
      TableName table, Conflict conflict, String change, String key, Change.Origin origin) {

    /** A row of a table on the master. */
    record Key(TableName table, Object key) {}

    static Key keyOf(Change.Row row) {
      return new Key(row.table(), row.shape().keyOf(row.values()));
    }
  }

  /**
   * Looks at the rows of a step, none of which is written yet.
   *
   * @param mayBeRevised whether the transaction may have more changes of the table
   * @throws ConnectException if one is in conflict and the mode is to fail
   */
  void look(Reduction.Rows step, boolean mayBeRevised) throws SQLException {
    if (!mode.isWatching() || !ledger.isComplete(step.table())) {
      return;
    }
    var telling = new ArrayList<Change.Row>();
    var revising = new ArrayList<Change.Row>();
    for (var run : step.runs()) {
      for (var row : run.rows()) {
        if (row.expectation().isTelling()) {
          telling.add(row);
        } else if (row.expectation().isRevising()) {
          revising.add(row);
        }
      }
    }
    var first = step.runs().get(0).shape();
    var plan = tables.plan(connection, first);
    if (plan.equalAsText()) {
      revising.forEach(row -> suspects.remove(Suspect.keyOf(row)));
    } else if (!revising.isEmpty()) {
      // Any of them may be of any key.
      suspects.keySet().removeIf(key -> key.table().equals(step.table()));
      telling.clear();
    }
    // Keys that are equal though their texts differ must meet in one statement.
    var chunk = plan.equalAsText() ? CHUNK_ROWS : Math.max(1, telling.size());
    for (var i = 0; i < telling.size(); i += chunk) {
      look(step.table(), plan, telling.subList(i, Math.min(telling.size(), i + chunk)));
    }
    if (!mayBeRevised) {
      judge(step.table()::equals);
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
    if (suspects.size() >= MOST_SUSPECTS) {
      judge(any -> true);
    }
    suspects.put(
        Suspect.keyOf(row),
        new Suspect(
            table,
            conflict,
            row.delete() ? "a delete" : "a row",
            row.shape().describeKey(row.values()),
            row.origin()));
  }

  /** Nothing can revise any more what was told of these tables. */
  private void judge(Predicate<TableName> which) {
    for (var i = suspects.values().iterator(); i.hasNext(); ) {
      var suspect = i.next();
      if (which.test(suspect.table())) {
        if (mode == ConflictMode.FAIL) {
          throw suspect
              .conflict()
              .refuse(
                  suspect.change(),
                  tables.target(suspect.table()),
                  suspect.key(),
                  suspect.origin());
        }
        log.note(suspect.table(), suspect.conflict(), suspect.key());
        i.remove();
      }
    }
  }

  /** Counts what was found, within the transaction that is about to commit. */
  void count(String logId) throws SQLException {
    judge(any -> true);
    log.count(connection, logId);
  }

  void rolledBack() {
    suspects.clear();
  }
}
