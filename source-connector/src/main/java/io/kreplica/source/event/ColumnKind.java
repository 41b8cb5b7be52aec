package io.kreplica.source.event;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * How a column's values travel: as a number or truth value where Connect and every converter hold
 * that exactly, and as PostgreSQL's own text otherwise, which any PostgreSQL reads back.
 */
enum ColumnKind {
  BOOLEAN(Schema.Type.BOOLEAN),
  INT16(Schema.Type.INT16),
  INT32(Schema.Type.INT32),
  INT64(Schema.Type.INT64),
  TEXT(Schema.Type.STRING);

  private final Schema.Type type;

  ColumnKind(Schema.Type type) {
    this.type = type;
  }

  /** The kind of a type, by its name in {@code pg_type}. */
  static ColumnKind ofType(String name) {
    return switch (name) {
      case "bool" -> BOOLEAN;
      case "int2" -> INT16;
      case "int4" -> INT32;
      case "int8" -> INT64;
      default -> TEXT;
    };
  }

  SchemaBuilder schema() {
    return SchemaBuilder.type(type);
  }

  /**
   * Reads a value's text, from JSON or from PostgreSQL's record form.
   *
   * @throws NumberFormatException if the text is not of this kind: the column was of another type
   *     when the row was logged
   */
  Object value(String text) {
    return switch (this) {
      case BOOLEAN ->
          switch (text) {
            case "true", "t" -> true;
            case "false", "f" -> false;
            default -> throw new NumberFormatException("not a truth value");
          };
      case INT16 -> Short.valueOf(text);
      case INT32 -> Integer.valueOf(text);
      case INT64 -> Long.valueOf(text);
      case TEXT -> text;
    };
  }
}
