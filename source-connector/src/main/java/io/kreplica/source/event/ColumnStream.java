package io.kreplica.source.event;

import java.sql.SQLException;

/**
 * The columns of one row in their order, each value's text piece by piece, so that none need be
 * held whole. Reading throws IllegalArgumentException where the row's text is malformed.
 */
interface ColumnStream {

  /** Moves to the next column, past what was not read of this one; false behind the last. */
  boolean next() throws SQLException;

  /** Whether the column is SQL NULL. */
  boolean isNull();

  /** The next piece of the column's text, not empty; null behind the last, and for SQL NULL. */
  String piece() throws SQLException;
}
