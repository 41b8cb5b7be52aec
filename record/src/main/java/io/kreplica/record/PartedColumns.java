package io.kreplica.record;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Headers;

/**
 * The header {@code replica.parts}: which columns of a row have travelled in parts before it, as a
 * JSON array of their names. Some header converters make a list of it.
 */
public final class PartedColumns {

  private PartedColumns() {}

  /** The header's value. */
  public static String format(List<String> columns) {
    var json = new StringBuilder("[");
    for (var column : columns) {
      json.append(json.length() == 1 ? "\"" : ",\"");
      for (var i = 0; i < column.length(); i++) {
        var c = column.charAt(i);
        if (c == '"' || c == '\\') {
          json.append('\\').append(c);
        } else if (c < ' ') {
          json.append(String.format("\\u%04x", (int) c));
        } else {
          json.append(c);
        }
      }
      json.append('"');
    }
    return json.append(']').toString();
  }

  /**
   * The columns that a row's headers name; none if it travelled whole.
   *
   * @throws DataException if the header is malformed
   */
  public static List<String> readFrom(Headers headers) {
    var header = headers.lastWithName(EventHeaders.PARTS);
    if (header == null || header.value() == null) {
      return List.of();
    }
    if (header.value() instanceof List<?> list) {
      return list.stream().map(String::valueOf).toList();
    }
    var text = header.value().toString();
    try {
      return parse(text);
    } catch (StringIndexOutOfBoundsException | IllegalArgumentException e) {
      throw new DataException(
          "Cannot read header "
              + EventHeaders.PARTS
              + ": '"
              + text
              + "' is not a JSON array of names",
          e);
    }
  }

  private static List<String> parse(String json) {
    var names = new ArrayList<String>();
    var at = 1;
    if (json.charAt(0) != '[') {
      throw new IllegalArgumentException("no array");
    }
    while (json.charAt(at) != ']') {
      at = json.charAt(at) == ',' ? at + 1 : at;
      if (json.charAt(at) != '"') {
        throw new IllegalArgumentException("no text");
      }
      var name = new StringBuilder();
      for (at++; json.charAt(at) != '"'; at++) {
        if (json.charAt(at) != '\\') {
          name.append(json.charAt(at));
        } else if (json.charAt(at + 1) == 'u') {
          name.append((char) Integer.parseInt(json, at + 2, at + 6, 16));
          at += 5;
        } else {
          name.append(json.charAt(++at));
        }
      }
      names.add(name.toString());
      at++;
    }
    return names;
  }
}
