package io.kreplica.source.event;

import java.sql.SQLException;

/**
 * Reads PostgreSQL's text form of a row, {@code (1,"two words",,"")}: the exact image that the log
 * holds where JSON would lose something. The form is that of the PostgreSQL manual, "Composite Type
 * Input and Output Syntax".
 */
final class RecordColumns implements ColumnStream {

  private static final int PIECE = 64 * 1024;

  private final Characters text;
  private boolean isOpened;
  private boolean isWithin;
  private boolean isNull;
  private boolean isQuoted;

  RecordColumns(Characters text) {
    this.text = text;
  }

  @Override
  public boolean next() throws SQLException {
    while (piece() != null) {
      // What was not read is passed over.
    }
    var c = text.read();
    if (c == ')' && isOpened) {
      if (text.read() != Characters.END) {
        throw new IllegalArgumentException("it goes on after the row");
      }
      return false;
    }
    if (c != (isOpened ? ',' : '(')) {
      throw new IllegalArgumentException("it is not enclosed in parentheses");
    }
    isOpened = true;
    isQuoted = false;
    isNull = isEnd(text.peek());
    isWithin = !isNull;
    return true;
  }

  @Override
  public boolean isNull() {
    return isNull;
  }

  /** Reads up to the comma or the last parenthesis, which stays the next character. */
  @Override
  public String piece() throws SQLException {
    if (!isWithin) {
      return null;
    }
    var value = new StringBuilder();
    while (value.length() < PIECE) {
      if (!isQuoted && isEnd(text.peek())) {
        isWithin = false;
        break;
      }
      var c = text.expect();
      if (c == '"' && isQuoted && text.peek() == '"') {
        value.append((char) text.read());
      } else if (c == '"') {
        isQuoted = !isQuoted;
      } else {
        value.append(c == '\\' ? text.expect() : c);
      }
    }
    return value.length() == 0 ? null : value.toString();
  }

  private static boolean isEnd(int c) {
    return c == ',' || c == ')';
  }
}
