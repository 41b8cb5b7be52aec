package io.kreplica.sink.change;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * A column's value as the text that PostgreSQL reads. KReplica's source sends text, booleans and
 * whole numbers, or with {@code type.mapping=connect} whatever Connect has; the rest is what
 * transforms may make of them.
 */
final class ColumnText {

  private ColumnText() {}

  /**
   * The value of a field as text.
   *
   * @throws DataException if it is a structure; the message names the column
   */
  static String of(Field field, Object value) {
    return of(field.name(), field.schema(), value);
  }

  /** A value of which no schema is known. */
  static String of(String column, Object value) {
    return of(column, null, value);
  }

  private static String of(String column, Schema schema, Object value) {
    if (value == null || value instanceof String) {
      return (String) value;
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    }
    if (value instanceof Date date) {
      return TimeText.of(schema, date);
    }
    if (value instanceof byte[] bytes) {
      return "\\x" + HexFormat.of().formatHex(bytes);
    }
    if (value instanceof ByteBuffer buffer) {
      var bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return of(column, schema, bytes);
    }
    if (value instanceof Collection<?> elements) {
      return array(column, schema, elements);
    }
    if (value instanceof Struct || value instanceof Map) {
      throw new DataException(
          "Cannot read column '"
              + column
              + "': its value is a "
              + value.getClass().getSimpleName()
              + ". A transform built a structure; PostgreSQL's text is needed.");
    }
    return value.toString();
  }

  /** As {@code {"a",NULL}}: an element in quotes is never taken for anything but its text. */
  private static String array(String column, Schema schema, Collection<?> elements) {
    var element = schema == null ? null : schema.valueSchema();
    return elements.stream()
        .map(
            value ->
                value == null
                    ? "NULL"
                    : value instanceof Collection<?> nested
                        ? array(column, element, nested)
                        : quote(of(column, element, value)))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String quote(String element) {
    return '"' + element.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
