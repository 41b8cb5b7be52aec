package io.kreplica.source.read;

/** Where a row lies on the master that is too large to come with others. */
public sealed interface StoredRow {

  /** About how large its text is, in bytes. */
  long bytes();

  /** Whether the record text counts, not the JSON alone. */
  boolean hasImage();

  /**
   * In the log, whose rows never move.
   *
   * @param ctid the place, as {@code tid}'s text
   */
  record InLog(String ctid, long bytes, boolean hasImage) implements StoredRow {}

  /**
   * In a tracked table that is being copied.
   *
   * @param tableId the table, by its number in {@code replica.tracked_table}
   * @param key JSON of the row's key, column name to text
   */
  record InTable(int tableId, String key, long bytes, boolean hasImage) implements StoredRow {}
}
