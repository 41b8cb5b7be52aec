package io.kreplica.source.event;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;

/** Numbers and truth values that Connect and every converter hold exactly, and text. */
enum BasicKind implements ColumnKind {
  BOOLEAN(Schema.Type.BOOLEAN),
  INT16(Schema.Type.INT16),
  INT32(Schema.Type.INT32),
  INT64(Schema.Type.INT64),
  TEXT(Schema.Type.STRING);

  private final Schema.Type type;

  BasicKind(Schema.Type type) {
    this.type = type;
  }

  @Override
  public SchemaBuilder schema() {
    return SchemaBuilder.type(type);
  }

  @Override
  public Object value(String text, RowJson.Token token) {
    if (!isWrittenAs(token)) {
      throw new NumberFormatException("written as " + token);
    }
    return switch (this) {
      case BOOLEAN ->
          switch (text) {
            case "true", "t" -> true;
            case "false", "f" -> false;
            default -> throw new NumberFormatException("not a truth value");
          };
      case INT16 -> exactly(text, Short.valueOf(text));
      case INT32 -> exactly(text, Integer.valueOf(text));
      case INT64 -> exactly(text, Long.valueOf(text));
      case TEXT -> text;
    };
  }

  private boolean isWrittenAs(RowJson.Token token) {
    return switch (this) {
      case BOOLEAN -> token == RowJson.Token.BOOLEAN || token == RowJson.Token.UNKNOWN;
      case INT16, INT32, INT64 -> token == RowJson.Token.NUMBER || token == RowJson.Token.UNKNOWN;
      case TEXT -> true;
    };
  }

  /** A float's -0 and a text's 007 look like whole numbers, and are none. */
  private static Object exactly(String text, Number number) {
    if (text.charAt(0) < '1' && text.length() > 1 && !number.toString().equals(text)) {
      throw new NumberFormatException("not as PostgreSQL writes a whole number");
    }
    return number;
  }
}
