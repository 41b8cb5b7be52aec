package io.kreplica.source.read;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Rows of an open query, one after the other; the driver holds no more than one fetch of them.
 *
 * @param <T> what a row is read as
 */
public final class Cursor<T> implements AutoCloseable {

  /** Reads a row. */
  @FunctionalInterface
  interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private final PreparedStatement statement;
  private final ResultSet rows;
  private final RowReader<T> reader;

  Cursor(PreparedStatement statement, RowReader<T> reader) throws SQLException {
    this.statement = statement;
    this.reader = reader;
    this.rows = statement.executeQuery();
  }

  /** The next row, or empty behind the last. */
  public Optional<T> next() throws SQLException {
    return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
  }

  @Override
  public void close() throws SQLException {
    statement.close();
  }
}
