package io.kreplica.source.event;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * Arrays of one dimension that count from 1.
 *
 * @param element how their elements travel
 */
record ArrayKind(ColumnKind element) implements ColumnKind {

  @Override
  public SchemaBuilder schema() {
    return SchemaBuilder.array(element.schema().optional().build());
  }

  @Override
  public Object value(String text, RowJson.Token token) {
    if (text.matches("(?s)\\[-?\\d+:-?\\d+].*")) {
      throw new UnholdableException("an array that does not count from 1, as Connect's do");
    }
    if (!text.startsWith("{") || !text.endsWith("}")) {
      throw new NumberFormatException("not an array");
    }
    try {
      return new Reader(text).elements();
    } catch (StringIndexOutOfBoundsException e) {
      throw new NumberFormatException("not an array");
    }
  }

  /** Reads PostgreSQL's form of an array, <code>{1,"two words",NULL}</code>. */
  private final class Reader {

    private final String text;
    private final List<Object> elements = new ArrayList<>();
    private int at = 1;

    Reader(String text) {
      this.text = text;
    }

    List<Object> elements() {
      var end = text.length() - 1;
      while (at < end) {
        elements.add(element());
        if (at < end && text.charAt(at++) != ',') {
          throw new NumberFormatException("not an array");
        }
      }
      return elements;
    }

    private Object element() {
      if (text.charAt(at) == '{') {
        throw new UnholdableException("an array of several dimensions, which Connect's are not");
      }
      var quoted = text.charAt(at) == '"';
      var value = quoted ? quoted() : plain();
      return !quoted && value.equals("NULL") ? null : element.value(value, RowJson.Token.UNKNOWN);
    }

    private String plain() {
      var start = at;
      while (text.charAt(at) != ',' && at < text.length() - 1) {
        at++;
      }
      return text.substring(start, at);
    }

    private String quoted() {
      var value = new StringBuilder();
      at++;
      while (text.charAt(at) != '"') {
        if (text.charAt(at) == '\\') {
          at++;
        }
        value.append(text.charAt(at++));
        if (at >= text.length() - 1) {
          throw new NumberFormatException("not an array");
        }
      }
      at++;
      return value.toString();
    }
  }
}
