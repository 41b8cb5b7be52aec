package io.kreplica.sink.apply;

import io.kreplica.record.RangeDigest;
import io.kreplica.sink.change.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a range of a table's keys what the master sent: rows that it did not send go, the others
 * are written. Within the transaction of the batch, so that nobody sees less than before. Used by
 * the task's thread only.
 */
final class RangeRepair {

  /** Writes rows as those of a copy are written. */
  @FunctionalInterface
  interface RowWriter {
    void write(List<Change> rows) throws SQLException;
  }

  private final List<Change.Row> rows = new ArrayList<>();
  private String batch = "";

  /** Takes a row of the range whose digest follows. */
  void gather(Change.RowToRepair repair) {
    expect(repair.row().origin().batch());
    rows.add(repair.row());
  }

  /** How many rows of a range have come in a batch. */
  int gathered(String ofBatch) {
    expect(ofBatch);
    return rows.size();
  }

  /** Of a batch that the source was restarted in, rows may have come and no digest. */
  private void expect(String ofBatch) {
    if (!batch.equals(ofBatch)) {
      rows.clear();
      batch = ofBatch;
    }
  }

  /** Whether a row is held that refers to a value stored on the slave. */
  boolean isStoring() {
    return rows.stream().anyMatch(row -> row.shape().isStoring());
  }

  /** Puts the rows that have come in place of those of the range. */
  void apply(Connection connection, String target, RangeDigest range, RowWriter writer)
      throws SQLException {
    deleteOthers(connection, target, range);
    if (!rows.isEmpty()) {
      writer.write(List.copyOf(rows));
    }
  }

  private void deleteOthers(Connection connection, String target, RangeDigest range)
      throws SQLException {
    var keys = range.layout().keys();
    var kept = new ArrayList<String>(rows.size() * keys.size());
    for (var row : rows) {
      for (var key : keys) {
        kept.add(row.values().get(row.shape().columns().indexOf(key)));
      }
    }
    try (var delete =
        connection.prepareStatement(
            "select replica.delete_others(?::regclass, ?, ?, ?::jsonb, ?::jsonb, ?)")) {
      delete.setString(1, target);
      delete.setArray(2, connection.createArrayOf("text", keys.toArray()));
      delete.setBoolean(3, range.layout().byText());
      delete.setString(4, range.piece().from().orElse(null));
      delete.setString(5, range.piece().to().orElse(null));
      delete.setArray(6, connection.createArrayOf("text", kept.toArray()));
      delete.execute();
    }
  }

  /** Forgets the rows that have come. */
  void clear() {
    rows.clear();
  }
}
