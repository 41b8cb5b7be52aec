package io.kreplica.sink.change;

import io.kreplica.record.BatchId;
import io.kreplica.record.EventHeaders;
import io.kreplica.record.LogPosition;
import io.kreplica.record.RangeDigest;
import io.kreplica.record.SchemaCommand;
import io.kreplica.record.TableName;
import io.kreplica.record.Tally;
import java.util.List;

/**
 * One thing to do to the slave, in the order of the log. Tables are named as on the master.
 * Immutable.
 */
public sealed interface Change {

  /**
   * A row as it shall be, or, if {@code delete}, the key of a row that shall be gone.
   *
   * @param shape which columns the values belong to; for a delete, those of the key
   * @param delete whether the row goes
   * @param values the values as PostgreSQL's text, null for SQL's null
   * @param origin the transaction and batch it came with
   * @param expectation what it tells of the row that it finds
   */
  record Row(
      Shape shape, boolean delete, List<String> values, Origin origin, Expectation expectation)
      implements Change {

    /** A row that tells nothing of what it finds. */
    public Row(Shape shape, boolean delete, List<String> values, Origin origin) {
      this(shape, delete, values, origin, Expectation.NONE);
    }

    /** The same, telling this of what it finds. */
    public Row expecting(Expectation other) {
      return other.equals(expectation) ? this : new Row(shape, delete, values, origin, other);
    }

    /** The table on the master. */
    public TableName table() {
      return shape.table();
    }
  }

  /**
   * A part of a value that is too large to be held: it is stored on the slave until its row comes,
   * which refers to it; see {@link Shape#storing}.
   *
   * @param value the value's number
   * @param number the part's place in the value, from 1
   * @param data the piece of the value's text
   */
  record Part(long value, int number, String data) implements Change {}

  /** The table was truncated on the master. */
  record Truncate(TableName table, Origin origin) implements Change {}

  /**
   * A command that changed the master's schema.
   *
   * @param seq its place in the master's log
   */
  record Command(SchemaCommand command, long seq, Origin origin) implements Change {

    /** The command and its place, for messages. */
    @Override
    public String toString() {
      return "'" + command.tag() + "' (log row " + seq + ", " + origin + ")";
    }
  }

  /**
   * A change of a transaction that is set aside: it is not applied, only noted.
   *
   * @param key the row's key as text; empty for all rows of the table
   * @param reason why its transaction is set aside
   */
  record SetAside(TableName table, String key, Origin origin, String reason) implements Change {}

  /**
   * What the master has in a range of a table's keys, where all changes before it are applied.
   *
   * @param request the master's request that it answers
   * @param position the position behind those changes
   */
  record Verification(
      TableName table, long request, RangeDigest digest, LogPosition position, Origin origin)
      implements Change {

    /** What a record says in a batch that leads to a position. */
    public static Verification of(EventHeaders headers, Object value, LogPosition position) {
      return new Verification(
          headers.table(),
          headers.check(),
          RangeDigest.ofValue(value),
          position,
          new Origin(0, headers.batch().toString()));
    }
  }

  /** A row of a range that is repaired, all of whose rows stand before the range's digest. */
  record RowToRepair(Row row) implements Change {}

  /**
   * Of a table not the same came as the source sent: a transform drops or changes its rows.
   *
   * @param why what was seen, with the batch
   */
  record Altered(TableName table, String why) implements Change {

    /** What is to be said where a table's records came otherwise than they were sent. */
    public static Altered of(String table, Tally sent, Tally came, BatchId batch) {
      return new Altered(
          TableName.parse(table),
          came.records() == sent.records()
              ? "records are changed on the way here, as seen in batch " + batch
              : String.format(
                  "records are dropped on the way here: of %d in batch %s came %d",
                  sent.records(), batch, came.records()));
    }
  }

  /** A copy begins: the table is emptied, and the rows that follow fill it. */
  record CopyBegun(TableName table, long request) implements Change {}

  /** A copy is complete. */
  record CopyEnded(TableName table, long request) implements Change {}

  /**
   * Where a change came from, for messages.
   *
   * @param xid the master's transaction; 0 for a row of a copy
   * @param batch the batch, as text
   */
  record Origin(long xid, String batch) {

    @Override
    public String toString() {
      return (xid == 0 ? "copy" : "transaction " + xid) + ", batch " + batch;
    }
  }
}
