package io.kreplica.record;

import java.util.Optional;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Headers;

/**
 * The values of a record's headers, gathered in one pass: Connect's own lookup by name goes through
 * all of them each time. Of several of one name the last counts. Not thread-safe.
 */
public final class HeaderValues {

  private Object operation;
  private Object table;
  private Object seq;
  private Object xid;
  private Object tx;
  private Object rank;
  private Object batch;
  private Object epoch;
  private Object timestampMicros;
  private Object copy;
  private Object check;
  private Object slave;
  private Object now;
  private Object old;

  private HeaderValues() {}

  /** Gathers what is there; nothing is looked at yet. */
  public static HeaderValues of(Headers headers) {
    var values = new HeaderValues();
    for (var header : headers) {
      values.take(header.key(), header.value());
    }
    return values;
  }

  private void take(String name, Object value) {
    switch (name) {
      case EventHeaders.OPERATION -> operation = value;
      case EventHeaders.TABLE -> table = value;
      case EventHeaders.SEQ -> seq = value;
      case EventHeaders.XID -> xid = value;
      case EventHeaders.TX -> tx = value;
      case EventHeaders.RANK -> rank = value;
      case EventHeaders.BATCH -> batch = value;
      case EventHeaders.EPOCH -> epoch = value;
      case EventHeaders.TIMESTAMP_MICROS -> timestampMicros = value;
      case EventHeaders.COPY -> copy = value;
      case EventHeaders.CHECK -> check = value;
      case EventHeaders.SLAVE -> slave = value;
      case EventHeaders.NOW -> now = value;
      case EventHeaders.OLD -> old = value;
      default -> {
        // Somebody else's, or of interest to few.
      }
    }
  }

  /**
   * What happened, which tells whether the record is a marker.
   *
   * @throws DataException if it is missing or malformed
   */
  public Operation operation() {
    return Operation.ofCode(text(EventHeaders.OPERATION, operation));
  }

  /**
   * What a data record says about itself.
   *
   * @throws DataException if something is missing or malformed; the message names it
   */
  public EventHeaders event() {
    var happened = operation();
    var answered = check == null ? 0 : number(EventHeaders.CHECK, check);
    var isCopied =
        answered == 0
            && (happened == Operation.COPY || (happened == Operation.PART && copy != null));
    var isLogged = answered == 0 && !isCopied;
    return new EventHeaders(
        happened,
        happened == Operation.SCHEMA ? null : tableName(),
        isLogged ? number(EventHeaders.SEQ, seq) : 0,
        isLogged ? number(EventHeaders.XID, xid) : 0,
        isLogged ? number(EventHeaders.TX, tx) : 0,
        number(EventHeaders.RANK, rank),
        BatchId.parse(text(EventHeaders.BATCH, batch)),
        number(EventHeaders.EPOCH, epoch),
        number(EventHeaders.TIMESTAMP_MICROS, timestampMicros),
        isCopied ? number(EventHeaders.COPY, copy) : 0,
        answered,
        Optional.ofNullable(slave).map(String::valueOf),
        now != null && Boolean.parseBoolean(String.valueOf(now)),
        Optional.ofNullable(old).map(String::valueOf));
  }

  private TableName tableName() {
    try {
      return TableName.parse(text(EventHeaders.TABLE, table));
    } catch (IllegalArgumentException e) {
      throw new DataException(
          "Cannot read header " + EventHeaders.TABLE + ": " + e.getMessage(), e);
    }
  }

  private static long number(String name, Object value) {
    if (value instanceof Number number) {
      return number.longValue();
    }
    var text = text(name, value);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new DataException(
          "Cannot read header " + name + ": '" + text + "' is not a whole number", e);
    }
  }

  private static String text(String name, Object value) {
    if (value == null) {
      throw new DataException(
          "Cannot read header "
              + name
              + ": the record has none. It is not KReplica's, or a transform or converter dropped"
              + " its headers.");
    }
    return value.toString();
  }
}
