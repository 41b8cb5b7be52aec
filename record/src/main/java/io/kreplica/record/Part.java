package io.kreplica.record;

import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * A part of a value that is too large for one record. The parts of a row precede it and have its
 * rank; put together in their order they are the values' texts. The row itself holds a {@link
 * Placeholder} in their place, and names the columns in {@link PartedColumns}.
 *
 * @param table the table on the master
 * @param column the column
 * @param number the part's place among the parts of its row, from 1, over all columns
 * @param data the piece of the value's text; no character is divided
 */
public record Part(TableName table, String column, int number, String data) {

  /** The schema of a part's value. */
  public static final Schema SCHEMA =
      SchemaBuilder.struct()
          .name("io.kreplica.Part")
          .version(1)
          .field("table", Schema.STRING_SCHEMA)
          .field("column", Schema.STRING_SCHEMA)
          .field("part", Schema.INT32_SCHEMA)
          .field("data", Schema.STRING_SCHEMA)
          .build();

  /** The part as a record's value. */
  public Struct toValue() {
    return new Struct(SCHEMA)
        .put("table", table.toString())
        .put("column", column)
        .put("part", number)
        .put("data", data);
  }

  /**
   * Reads a part from a record's value, a Struct or, from a converter without schemas, a Map.
   *
   * @throws DataException if the value is neither or a field is missing or malformed
   */
  public static Part ofValue(Object value) {
    try {
      return new Part(
          TableName.parse(field(value, "table").toString()),
          field(value, "column").toString(),
          Integer.parseInt(field(value, "part").toString()),
          field(value, "data").toString());
    } catch (IllegalArgumentException e) {
      throw unreadable("a field is malformed");
    }
  }

  private static Object field(Object value, String name) {
    Object field = null;
    if (value instanceof Struct struct) {
      field = struct.schema().field(name) == null ? null : struct.get(name);
    } else if (value instanceof Map<?, ?> map) {
      field = map.get(name);
    }
    if (field == null) {
      throw unreadable("it has no field '" + name + "'");
    }
    return field;
  }

  private static DataException unreadable(String why) {
    return new DataException(
        "Cannot read a part of a value: "
            + why
            + ". A transform may have changed it: keep records whose replica.op is P away from"
            + " transforms with a predicate, or drop them together with their rows.");
  }
}
