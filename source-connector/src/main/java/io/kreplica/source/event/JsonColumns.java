package io.kreplica.source.event;

import java.sql.SQLException;

/**
 * Reads a row that PostgreSQL wrote as JSON: texts without their escapes, everything else as it is
 * written, as {@link RowJson} does for a row that is held whole.
 */
final class JsonColumns implements ColumnStream {

  private static final int PIECE = 64 * 1024;

  /** What the next character belongs to. */
  private enum Place {
    NOWHERE,
    TEXT,
    OTHER
  }

  private final Characters json;
  private Place place = Place.NOWHERE;
  private boolean isOpened;
  private boolean isNull;
  private int depth;
  private boolean isQuoted;

  JsonColumns(Characters json) {
    this.json = json;
  }

  @Override
  public boolean next() throws SQLException {
    while (piece() != null) {
      // What was not read is passed over.
    }
    var c = skipBlanks();
    if (c == '}' && isOpened) {
      return false;
    }
    if (c != (isOpened ? ',' : '{')) {
      throw new IllegalArgumentException("it is not a JSON object");
    }
    isOpened = true;
    if (skipBlanks() != '"') {
      throw new IllegalArgumentException("it is not a JSON object");
    }
    place = Place.TEXT;
    while (piece() != null) {
      // The name: the columns' order is known already.
    }
    if (skipBlanks() != ':') {
      throw new IllegalArgumentException("it is not a JSON object");
    }
    return begin();
  }

  private boolean begin() throws SQLException {
    while (isBlank(json.peek())) {
      json.read();
    }
    isNull = json.peek() == 'n';
    depth = 0;
    isQuoted = false;
    if (json.peek() == '"') {
      json.read();
      place = Place.TEXT;
    } else {
      place = Place.OTHER;
    }
    if (isNull) {
      while (piece() != null) {
        // The word null.
      }
    }
    return true;
  }

  private int skipBlanks() throws SQLException {
    var c = json.read();
    while (isBlank(c)) {
      c = json.read();
    }
    return c;
  }

  private static boolean isBlank(int c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  @Override
  public boolean isNull() {
    return isNull;
  }

  @Override
  public String piece() throws SQLException {
    var value = new StringBuilder();
    while (place != Place.NOWHERE && value.length() < PIECE) {
      if (place == Place.TEXT) {
        readText(value);
      } else {
        readOther(value);
      }
    }
    return value.length() == 0 ? null : value.toString();
  }

  private void readText(StringBuilder value) throws SQLException {
    var c = json.expect();
    if (c == '"') {
      place = Place.NOWHERE;
    } else {
      value.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() throws SQLException {
    var c = json.expect();
    return switch (c) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        var code = 0;
        for (var i = 0; i < 4; i++) {
          code = code * 16 + Character.digit(json.expect(), 16);
        }
        yield (char) code;
      }
      default -> c;
    };
  }

  /** A number, a truth value, null, or a structure with all that is in it. */
  private void readOther(StringBuilder value) throws SQLException {
    var c = json.peek();
    if (depth == 0 && (c == ',' || c == '}' || isBlank(c))) {
      place = Place.NOWHERE;
      return;
    }
    value.append(json.expect());
    if (isQuoted && c == '\\') {
      value.append(json.expect());
    } else if (c == '"') {
      isQuoted = !isQuoted;
    } else if (!isQuoted && (c == '{' || c == '[')) {
      depth++;
    } else if (!isQuoted && (c == '}' || c == ']')) {
      depth--;
    }
  }
}
