package io.kreplica.sink.apply;

import io.kreplica.postgres.ServerMessage;
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

  /** What PostgreSQL says, without values. */
  public static String describe(SQLException e) {
    var server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    var message = server == null ? null : server.getMessage();
    var rounded = message == null ? -1 : message.indexOf(ROUNDED);
    return rounded < 0
        ? ServerMessage.describe(e)
        : message.substring(rounded).replace("\"", "") + " (SQLSTATE " + e.getSQLState() + ")";
  }

  private static String remedy(SQLException e) {
    var state = e.getSQLState() == null ? "" : e.getSQLState();
    if (state.equals(SqlStates.INSUFFICIENT_PRIVILEGE)) {
      return "Run on the slave, as the owner of the table, for the role that the sink connects as:"
          + " grant select, insert, update, delete, truncate on <table> to <role>; where the table's"
          + " row security holds that role back: alter table <table> disable row level security, or"
          + " alter role <role> bypassrls; and restart the sink.";
    }
    if (state.equals(SqlStates.UNIQUE_VIOLATION) || state.equals(SqlStates.EXCLUSION_VIOLATION)) {
      return "Another row of the slave stands in the way that the master does not have, or the"
          + " slave has a constraint that the master has not. Remove it, and restart the sink.";
    }
    return "The slave's table takes less than the master's does: compare their columns and"
        + " constraints, alter the slave's, and restart the sink; it goes on where it stopped.";
  }
}
