package io.kreplica.source.event;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads PostgreSQL's text form of a row, {@code (1,"two words",,"")}: the exact image that the log
 * holds where JSON would lose something. The form is that of the PostgreSQL manual, "Composite Type
 * Input and Output Syntax".
 */
final class RecordText {

  private final String text;
  private int at;

  private RecordText(String text) {
    this.text = text;
    this.at = 1;
  }

  /**
   * The columns' texts; null for SQL NULL.
   *
   * @throws IllegalArgumentException if the text is not of that form; the message names the place
   */
  static List<String> columns(String text) {
    var end = text.length() - 1;
    if (end < 1 || text.charAt(0) != '(' || text.charAt(end) != ')') {
      throw new IllegalArgumentException("it is not enclosed in parentheses");
    }
    var reader = new RecordText(text);
    var columns = new ArrayList<String>();
    do {
      columns.add(reader.column());
    } while (text.charAt(reader.at++) == ',');
    if (reader.at != text.length()) {
      throw new IllegalArgumentException("it goes on after the row, at character " + reader.at);
    }
    return columns;
  }

  /** Reads up to the comma or the last parenthesis, where {@code at} then stands. */
  private String column() {
    var c = text.charAt(at);
    if (c == ',' || c == ')') {
      return null;
    }
    var value = new StringBuilder();
    var quoted = false;
    for (; at < text.length(); at++) {
      c = text.charAt(at);
      if (c == '"' && quoted && at + 1 < text.length() && text.charAt(at + 1) == '"') {
        value.append('"');
        at++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && at + 1 < text.length()) {
        value.append(text.charAt(++at));
      } else if (!quoted && (c == ',' || c == ')')) {
        return value.toString();
      } else {
        value.append(c);
      }
    }
    throw new IllegalArgumentException("it ends within a column");
  }
}
