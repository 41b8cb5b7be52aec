package io.kreplica.sink.change;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * A column's value as the text that PostgreSQL reads. KReplica's source sends text, booleans and
 * whole numbers; the rest is what transforms may make of them.
 */
final class ColumnText {

  private ColumnText() {}

  /**
   * The value as text.
   *
   * @throws DataException if it is a structure; the message names the column
   */
  static String of(String column, Object value) {
    if (value == null || value instanceof String) {
      return (String) value;
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    }
    if (value instanceof Date date) {
      return date.toInstant().toString();
    }
    if (value instanceof byte[] bytes) {
      return "\\x" + HexFormat.of().formatHex(bytes);
    }
    if (value instanceof ByteBuffer buffer) {
      var bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return of(column, bytes);
    }
    if (value instanceof Struct || value instanceof Map || value instanceof Collection) {
      throw new DataException(
          "Cannot read column '"
              + column
              + "': its value is a "
              + value.getClass().getSimpleName()
              + ". A transform built a structure; PostgreSQL's text is needed.");
    }
    return value.toString();
  }
}
