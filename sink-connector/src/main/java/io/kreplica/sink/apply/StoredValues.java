package io.kreplica.sink.apply;

import io.kreplica.sink.change.Change;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Values too large to be held, stored on the slave part by part until their rows are written, in a
 * temporary table of the transaction that applies them. Used by the task's thread only.
 */
final class StoredValues {

  private static final String TABLE = "pg_temp.kreplica_value";

  private boolean isCreated;
  private boolean isUsed;

  /**
   * Stores a part.
   *
   * @throws org.apache.kafka.connect.errors.ConnectException if the role may not have temporary
   *     tables
   */
  void add(Connection connection, Change.Part part) throws SQLException {
    if (!isCreated) {
      create(connection);
    }
    isUsed = true;
    try (var insert = connection.prepareStatement("insert into " + TABLE + " values (?, ?, ?)")) {
      insert.setLong(1, part.value());
      insert.setInt(2, part.number());
      insert.setString(3, part.data());
      insert.executeUpdate();
    }
  }

  private void create(Connection connection) throws SQLException {
    SlaveSession.checkTemporary(connection, connection.getMetaData().getUserName());
    try (var statement = connection.createStatement()) {
      statement.execute(
          "create temporary table kreplica_value"
              + " (value bigint not null, part integer not null, data text not null)"
              + " on commit drop");
      // Compressed once, in the row itself, is enough.
      statement.execute("alter table " + TABLE + " alter column data set storage external");
      isCreated = true;
    }
  }

  /** The text of a stored value, by an expression for its number. */
  static String joined(String number) {
    return "(select string_agg(p.data, '' order by p.part) from "
        + TABLE
        + " as p where p.value = "
        + number
        + ")";
  }

  /** No value is needed any more. */
  void clear(Connection connection) throws SQLException {
    if (isUsed) {
      try (var statement = connection.createStatement()) {
        statement.execute("truncate " + TABLE);
      }
      isUsed = false;
    }
  }

  /** The transaction was committed or rolled back, and with it the table is gone. */
  void transactionEnded() {
    isCreated = false;
    isUsed = false;
  }
}
