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
 * @param row the row as JSON; null for T
 * @param image the row as PostgreSQL's record text, where the table needs it; else null
 * @param old the row before the change as JSON, where the table is tracked with its old image and
 *     there was one; else null
 * @param timestampMicros when it was logged, in microseconds since 1970 UTC
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
    long timestampMicros) {

  /** Whether the row was looked up when it was logged, instead of taken from the statement. */
  public boolean isNow() {
    return Character.isLowerCase(op.charAt(0));
  }

  /** What happened, in the code of {@link io.kreplica.record.Operation}. */
  public String operationCode() {
    return op.toUpperCase(Locale.ROOT);
  }
}
