package io.kreplica.source.event;

import io.kreplica.record.TableName;
import java.util.List;
import java.util.Map;

/**
 * A tracked table as the master's catalog describes it now. Log rows may be older than this.
 *
 * @param id its number in the log
 * @param name schema and name
 * @param key names of the key columns, in key order, as they were last noted
 * @param keyNow names of the key columns as the catalog has them now; empty if the table is gone
 * @param columns type of each column, by name, in the table's order
 * @param former the table as it was called before, the oldest first, each with the same columns
 */
record TrackedTable(
    int id,
    TableName name,
    List<String> key,
    List<String> keyNow,
    Map<String, ColumnType> columns,
    List<Former> former) {

  /**
   * A column's type.
   *
   * @param name as in {@code pg_type}
   * @param definition as a DDL would have it, such as {@code numeric(10,2)}
   */
  record ColumnType(String name, String definition) {}

  /**
   * The table under names that it had.
   *
   * @param untilSeq the last log row of these names
   */
  record Former(long untilSeq, TrackedTable table) {}

  /** The table under the names that it had when a log row was written. */
  TrackedTable at(long seq) {
    var era = era(seq);
    return era == former.size() ? this : former.get(era).table();
  }

  /** How many times the table had been called otherwise before a log row was written. */
  int era(long seq) {
    var era = 0;
    while (era < former.size() && seq > former.get(era).untilSeq()) {
      era++;
    }
    return era;
  }

  /** The same table, called otherwise. */
  TrackedTable called(TableName otherName, List<String> otherKey) {
    return new TrackedTable(id, otherName, otherKey, keyNow, columns, List.of());
  }
}
