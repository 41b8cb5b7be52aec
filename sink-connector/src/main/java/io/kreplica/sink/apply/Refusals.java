package io.kreplica.sink.apply;

import io.kreplica.postgres.SqlStates;
import io.kreplica.record.TableName;
import io.kreplica.sink.change.Change;
import java.sql.SQLException;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.postgresql.util.PSQLException;

/**
 * What PostgreSQL has refused, in words that may be logged: the place, the key, the state and the
 * server's message, but never a value other than that of a key.
 */
public final class Refusals {

  /** What a value that a column would round is replaced by, with the column's name behind it. */
  static final String ROUNDED = "a value that would be rounded in column ";

  private Refusals() {}

  /**
   * A row that PostgreSQL refuses.
   *
   * @param column the column whose type does not take its value, if that is why
   */
  static RefusedRowException ofRow(
      Change.Row row, TableName target, Optional<String> column, SQLException e) {
    return new RefusedRowException(
        row.origin(),
        "Cannot apply "
            + (row.delete() ? "a delete" : "a row")
            + " to "
            + target
            + " (key "
            + row.shape().describeKey(row.values())
            + column.map(name -> "; column " + name).orElse("")
            + "; "
            + row.origin()
            + "): "
            + describe(e)
            + ". "
            + remedy(e));
  }

  /** Something that PostgreSQL refuses as a whole. */
  public static ConnectException of(String what, SQLException e) {
    return new ConnectException("Cannot " + what + ": " + describe(e) + ". " + remedy(e));
  }

  /** The server's message, without what it quotes where that may be a value, and the state. */
  public static String describe(SQLException e) {
    var state = e.getSQLState() == null ? "no SQLSTATE" : "SQLSTATE " + e.getSQLState();
    var server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    if (server == null) {
      return e.getMessage() + " (" + state + ")";
    }
    var text = new StringBuilder(withoutValues(server.getMessage(), e.getSQLState()));
    text.append(" (").append(state);
    if (server.getConstraint() != null) {
      text.append(", constraint ").append(server.getConstraint());
    }
    if (server.getColumn() != null) {
      text.append(", column ").append(server.getColumn());
    }
    return text.append(')').toString();
  }

  /** Integrity (23), names and rights (42) and connections quote names only; others, values. */
  private static String withoutValues(String message, String state) {
    if (message == null || state == null) {
      return "no message";
    }
    if (state.startsWith("23")
        || state.startsWith("28")
        || state.startsWith("3D")
        || state.startsWith("42")
        || state.startsWith("57")) {
      return message;
    }
    if (state.startsWith("P0")) {
      return "an exception raised by a function";
    }
    var rounded = message.indexOf(ROUNDED);
    if (rounded >= 0) {
      return message.substring(rounded).replace("\"", "");
    }
    var first = message.indexOf('"');
    var last = message.lastIndexOf('"');
    return first < 0 || first == last
        ? message
        : message.substring(0, first + 1) + "…" + message.substring(last);
  }

  private static String remedy(SQLException e) {
    var state = e.getSQLState() == null ? "" : e.getSQLState();
    if (state.equals(SqlStates.INSUFFICIENT_PRIVILEGE)) {
      return "Run on the slave, as the owner of the table, for the role that the sink connects as:"
          + " grant select, insert, update, delete, truncate on <table> to <role>; and restart the"
          + " sink.";
    }
    if (state.equals(SqlStates.UNIQUE_VIOLATION) || state.equals(SqlStates.EXCLUSION_VIOLATION)) {
      return "Another row of the slave stands in the way that the master does not have, or the"
          + " slave has a constraint that the master has not. Remove it, and restart the sink.";
    }
    return "The slave's table takes less than the master's does: compare their columns and"
        + " constraints, alter the slave's, and restart the sink; it goes on where it stopped.";
  }
}
