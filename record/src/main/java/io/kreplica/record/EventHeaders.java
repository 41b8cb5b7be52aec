package io.kreplica.record;

import java.util.Optional;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Headers;

/**
 * What a data record says about itself in its headers, so that a transform or a consumer need not
 * touch key or value. Markers carry {@code replica.op}, {@code replica.batch} and {@code
 * replica.epoch} as well.
 *
 * <p>Headers pass through whatever header converter the worker has, and most do not keep types:
 * every value is read leniently, from text or from any number.
 *
 * @param operation what happened
 * @param table the table on the master; null for a schema command, which may concern any
 * @param seq the log row's sequence number; 0 for a row of a copy
 * @param xid the master's transaction; 0 for a row of a copy
 * @param tx the largest {@code seq} of that transaction: transactions are in this order
 * @param rank the record's place in its batch, from 1; a part has that of its row
 * @param batch the batch that carries the record
 * @param epoch the epoch of the source that sent it; a resumed batch is older than its epoch
 * @param timestampMicros when the master logged the change, in microseconds since 1970 UTC
 * @param copy the copy request that a row of a copy answers; 0 for all other records
 * @param check the request that the digest of a range answers; 0 for all other records
 * @param slave the only slave that a row of a copy or the digest of a range is meant for, if there
 *     is one
 * @param now whether the row is as it was when the change was logged, perhaps later than the change
 *     itself left it; the operation is then U, or D for a row that was gone
 * @param old of U and D the row before the change, as JSON, if the table is tracked with {@code
 *     old_image}
 */
public record EventHeaders(
    Operation operation,
    TableName table,
    long seq,
    long xid,
    long tx,
    long rank,
    BatchId batch,
    long epoch,
    long timestampMicros,
    long copy,
    long check,
    Optional<String> slave,
    boolean now,
    Optional<String> old) {

  public static final String OPERATION = "replica.op";
  public static final String TABLE = "replica.table";
  public static final String SEQ = "replica.seq";
  public static final String XID = "replica.xid";
  public static final String TX = "replica.tx";
  public static final String RANK = "replica.rank";
  public static final String BATCH = "replica.batch";
  public static final String EPOCH = "replica.epoch";
  public static final String TIMESTAMP_MICROS = "replica.ts";
  public static final String COPY = "replica.copy";
  public static final String CHECK = "replica.check";
  public static final String SLAVE = "replica.slave";
  public static final String NOW = "replica.now";
  public static final String OLD = "replica.old";

  /** On rows whose values are not text throughout, so that they cannot be read without schemas. */
  public static final String TYPES = "replica.types";

  /** On a {@link Part}, its number among the parts of its row, from 1. */
  public static final String PART = "replica.part";

  /** On a row that parts precede, which columns they belong to: {@link PartedColumns}. */
  public static final String PARTS = "replica.parts";

  /** The headers of a record that answers no verification or repair. */
  public EventHeaders(
      Operation operation,
      TableName table,
      long seq,
      long xid,
      long tx,
      long rank,
      BatchId batch,
      long epoch,
      long timestampMicros,
      long copy,
      Optional<String> slave,
      boolean now,
      Optional<String> old) {
    this(
        operation,
        table,
        seq,
        xid,
        tx,
        rank,
        batch,
        epoch,
        timestampMicros,
        copy,
        0,
        slave,
        now,
        old);
  }

  /** The headers of what answers a verification or repair. */
  public static EventHeaders ofCheck(
      Operation operation,
      TableName table,
      long rank,
      BatchId batch,
      long epoch,
      long timestampMicros,
      long check,
      Optional<String> slave) {
    return new EventHeaders(
        operation,
        table,
        0,
        0,
        0,
        rank,
        batch,
        epoch,
        timestampMicros,
        0,
        check,
        slave,
        false,
        Optional.empty());
  }

  /** Adds these headers to a record's. */
  public void writeTo(Headers headers) {
    headers.addString(OPERATION, operation.code());
    if (operation != Operation.SCHEMA) {
      headers.addString(TABLE, table.toString());
    }
    if (check != 0) {
      headers.addLong(CHECK, check);
    } else if (isCopied()) {
      headers.addLong(COPY, copy);
    } else {
      headers.addLong(SEQ, seq);
      headers.addLong(XID, xid);
      headers.addLong(TX, tx);
    }
    headers.addLong(RANK, rank);
    headers.addString(BATCH, batch.toString());
    headers.addLong(EPOCH, epoch);
    headers.addLong(TIMESTAMP_MICROS, timestampMicros);
    slave.ifPresent(name -> headers.addString(SLAVE, name));
    if (now) {
      headers.addBoolean(NOW, true);
    }
    old.ifPresent(row -> headers.addString(OLD, row));
  }

  /**
   * Reads the headers of a data record.
   *
   * @throws DataException if one is missing or malformed; the message names it
   */
  public static EventHeaders readFrom(Headers headers) {
    return HeaderValues.of(headers).event();
  }

  /** Whether this is a row of a copy, or a part of a value of one. */
  public boolean isCopied() {
    return check == 0
        && (operation == Operation.COPY || (operation == Operation.PART && copy != 0));
  }

  /** Whether this comes from the log, not from a table as it stands at the batch's end. */
  public boolean isLogged() {
    return check == 0 && !isCopied();
  }

  /**
   * Reads {@code replica.op} alone, which tells whether the record is a marker.
   *
   * @throws DataException if it is missing or malformed
   */
  public static Operation operation(Headers headers) {
    return HeaderValues.of(headers).operation();
  }
}
