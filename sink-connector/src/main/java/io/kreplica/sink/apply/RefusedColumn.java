package io.kreplica.sink.apply;

import io.kreplica.sink.change.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Finds out which value of a refused row PostgreSQL does not read: it does not say by itself. */
final class RefusedColumn {

  private RefusedColumn() {}

  /**
   * The first column whose type does not take its value; empty if it is not for a type that the row
   * is refused.
   */
  static Optional<String> find(Connection connection, TablePlan plan, Change.Row row)
      throws SQLException {
    var columns = row.shape().columns();
    for (var i = 0; i < columns.size(); i++) {
      var value = row.values().get(i);
      if (value != null && !reads(connection, plan.cast(i), value)) {
        return Optional.of(columns.get(i));
      }
    }
    return Optional.empty();
  }

  private static boolean reads(Connection connection, String cast, String value)
      throws SQLException {
    var savepoint = connection.setSavepoint();
    try (var statement = connection.prepareStatement(cast)) {
      statement.setString(1, value);
      statement.execute();
      connection.releaseSavepoint(savepoint);
      return true;
    } catch (SQLException e) {
      if (Outages.isOutage(e)) {
        throw e;
      }
      connection.rollback(savepoint);
      return false;
    }
  }
}
