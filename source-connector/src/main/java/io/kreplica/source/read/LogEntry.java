package io.kreplica.source.read;

/**
 * One row of the log, in its place.
 *
 * @param seq its sequence number
 * @param xid its transaction
 * @param tx the largest {@code seq} of its transaction in the batch
 * @param tableId the table, by its number in {@code replica.tracked_table}
 * @param op I, U, D or T
 * @param row the row as JSON; null for T
 * @param image the row as PostgreSQL's record text, where the table needs it; else null
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
    long timestampMicros) {}
