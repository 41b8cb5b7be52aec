package io.kreplica.record;

import java.util.Optional;

/**
 * Where a sequence of the master stands, as a commit marker tells it.
 *
 * @param name the sequence on the master
 * @param column the column that owns it, if one of a tracked table does
 * @param value the last value drawn, or, if nothing was, the first that will be
 * @param isCalled whether the value was drawn
 * @param increment how far it is from one value to the next; negative where they fall
 */
public record SequenceValue(
    TableName name, Optional<Column> column, long value, boolean isCalled, long increment) {

  /**
   * A column that owns a sequence.
   *
   * @param table its table on the master
   * @param name its name
   */
  public record Column(TableName table, String name) {}
}
