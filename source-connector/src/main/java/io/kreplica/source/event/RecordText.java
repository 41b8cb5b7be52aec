package io.kreplica.source.event;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads PostgreSQL's text form of a row that is held whole; see {@link RecordColumns}. */
final class RecordText {

  private RecordText() {}

  /**
   * The columns' texts; null for SQL NULL.
   *
   * @throws IllegalArgumentException if the text is not of that form
   */
  static List<String> columns(String text) {
    var whole = Arrays.asList(text).iterator();
    var stream = new RecordColumns(new Characters(() -> whole.hasNext() ? whole.next() : null));
    var columns = new ArrayList<String>();
    try {
      while (stream.next()) {
        columns.add(value(stream));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("No database is asked for a text at hand", e);
    }
    return columns;
  }

  /** The text of a stream's column, whole. */
  static String value(ColumnStream stream) throws SQLException {
    if (stream.isNull()) {
      return null;
    }
    var first = stream.piece();
    var more = first == null ? null : stream.piece();
    if (more == null) {
      return first == null ? "" : first;
    }
    var value = new StringBuilder(first);
    for (; more != null; more = stream.piece()) {
      value.append(more);
    }
    return value.toString();
  }
}
