package io.kreplica.source.event;

import java.util.HexFormat;
import org.apache.kafka.connect.data.SchemaBuilder;

/** Bytes, which the log holds as hexadecimal digits. */
enum BytesKind implements ColumnKind {
  BYTES;

  private static final String PREFIX = "\\x";

  @Override
  public SchemaBuilder schema() {
    return SchemaBuilder.bytes();
  }

  @Override
  public Object value(String text, RowJson.Token token) {
    if (!text.startsWith(PREFIX)) {
      throw new NumberFormatException("not bytes");
    }
    try {
      return HexFormat.of().parseHex(text, PREFIX.length(), text.length());
    } catch (IllegalArgumentException e) {
      throw new NumberFormatException("not bytes");
    }
  }
}
