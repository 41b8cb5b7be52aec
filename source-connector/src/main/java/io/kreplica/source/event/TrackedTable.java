package io.kreplica.source.event;

import io.kreplica.record.TableName;
import java.util.List;
import java.util.Map;

/**
 * A tracked table as the master's catalog describes it now. Log rows may be older than this.
 *
 * @param id its number in the log
 * @param name schema and name
 * @param key names of the key columns, in key order
 * @param keyOnceTracked names of the key columns when the table was tracked
 * @param columns type of each column, by name
 */
record TrackedTable(
    int id,
    TableName name,
    List<String> key,
    List<String> keyOnceTracked,
    Map<String, ColumnType> columns) {

  /** The same table with the key as it was when the table was tracked. */
  TrackedTable asOnceTracked() {
    return new TrackedTable(id, name, keyOnceTracked, keyOnceTracked, columns);
  }

  /**
   * A column's type.
   *
   * @param name as in {@code pg_type}
   * @param definition as a DDL would have it, such as {@code numeric(10,2)}
   */
  record ColumnType(String name, String definition) {}
}
