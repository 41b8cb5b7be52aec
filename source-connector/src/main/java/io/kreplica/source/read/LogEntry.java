package io.kreplica.source.read;

import java.util.Locale;

/**
 * One row of the log, in its place.
 *
 * @param seq its sequence number
 * @param xid its transaction
 * @param tx the largest {@code seq} of its transaction in the batch
 * @param tableId the table, by its number in {@code replica.tracked_table}
 * @param op I, U, D or T; u and d of a row as it is now, or gone by now
 * @param row the row as JSON; null for T, and for a row too large to be held
 * @param image the row as PostgreSQL's record text, where the table needs it; else null
 * @param old the row before the change as JSON, where the table is tracked with its old image and
 *     there was one; else null
 * @param timestampMicros when it was logged, in microseconds since 1970 UTC
 * @param stored where the row lies if it is too large to be held; else null
 */
public record LogEntry(
    long seq,
    long xid,
    long tx,
    int tableId,
    String op,
    String row,
    String image,
    String old,
    long timestampMicros,
    StoredRow stored) {

  /** An entry whose row is held. */
  public LogEntry(
      long seq,
      long xid,
      long tx,
      int tableId,
      String op,
      String row,
      String image,
      String old,
      long timestampMicros) {
    this(seq, xid, tx, tableId, op, row, image, old, timestampMicros, null);
  }

  /** Whether the row was looked up when it was logged, instead of taken from the statement. */
  public boolean isNow() {
    return Character.isLowerCase(op.charAt(0));
  }

  /** What happened, in the code of {@link io.kreplica.record.Operation}. */
  public String operationCode() {
    return op.toUpperCase(Locale.ROOT);
  }

  /** About how large its row is, in characters or bytes. */
  public long length() {
    return stored == null
        ? (row == null ? 0L : row.length()) + (image == null ? 0L : image.length())
        : stored.bytes();
  }
}
