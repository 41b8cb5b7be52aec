package io.kreplica.sink.apply;

/**
 * Builds PostgreSQL's text form of a one-dimensional array. Every element is quoted, so that none
 * can be mistaken for NULL or for structure.
 */
final class ArrayLiteral {

  private final StringBuilder text = new StringBuilder("{");

  /** Adds an element; null for SQL's null. */
  ArrayLiteral add(String element) {
    if (text.length() > 1) {
      text.append(',');
    }
    if (element == null) {
      text.append("NULL");
      return this;
    }
    text.append('"');
    var written = 0;
    for (var i = 0; i < element.length(); i++) {
      var c = element.charAt(i);
      if (c == '"' || c == '\\') {
        text.append(element, written, i).append('\\');
        written = i;
      }
    }
    text.append(element, written, element.length()).append('"');
    return this;
  }

  @Override
  public String toString() {
    return text + "}";
  }
}
