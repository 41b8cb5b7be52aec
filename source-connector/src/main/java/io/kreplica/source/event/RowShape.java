package io.kreplica.source.event;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * What the rows of one table look like, compiled once and used for every row that has the same
 * columns in the same order.
 *
 * @param table the table, as the catalog described it when the shape was made
 * @param columns the columns' names, as the log rows list them, in a partition's order perhaps
 * @param kinds how each column's values travel
 * @param valueSchema schema of a record's value
 * @param valueFields the value's fields, in the order of {@code columns}
 * @param keySchema schema of a record's key
 * @param keyColumns indexes of the key's columns, in key order
 * @param overhead about how many bytes a record takes beside its values, schemas and headers too
 */
record RowShape(
    TrackedTable table,
    List<String> columns,
    List<ColumnKind> kinds,
    Schema valueSchema,
    List<Field> valueFields,
    Schema keySchema,
    List<Integer> keyColumns,
    long overhead) {

  /** Parameter of a field's schema that holds the column's exact type. */
  static final String TYPE_PARAMETER = "postgres.type";

  /** What schemas' frames, headers and Kafka's own fields take. */
  private static final int RECORD_BYTES = 1_024;

  /** What a field's schema and its place in the value take as JSON, beside names and type. */
  private static final int FIELD_BYTES = 100;

  /**
   * Compiles a shape.
   *
   * @param kindOf how a column's values travel, by its name
   */
  static RowShape of(
      TrackedTable table, List<String> columns, Function<String, ColumnKind> kindOf) {
    var kinds = columns.stream().map(kindOf).toList();
    var value = SchemaBuilder.struct().name(table.name() + ".Value");
    for (var column : inTableOrder(table, columns)) {
      value.field(column, field(table, column, kindOf.apply(column), false));
    }
    var key = SchemaBuilder.struct().name(table.name() + ".Key");
    for (var column : table.key()) {
      key.field(column, field(table, column, kindOf.apply(column), true));
    }
    var valueSchema = value.build();
    return new RowShape(
        table,
        columns,
        kinds,
        valueSchema,
        columns.stream().map(valueSchema::field).toList(),
        key.build(),
        table.key().stream().map(columns::indexOf).toList(),
        overhead(table, columns));
  }

  /** Worst for JsonConverter with schemas, which repeats them in each record. */
  private static long overhead(TrackedTable table, List<String> columns) {
    var bytes = RECORD_BYTES + 4 * JsonSize.of(table.name().toString());
    for (var column : columns) {
      var type = table.columns().get(column);
      var field =
          FIELD_BYTES
              + 2 * JsonSize.of(column)
              + (type == null ? 0 : JsonSize.of(type.definition()));
      bytes += table.key().contains(column) ? 2 * field : field;
    }
    return bytes;
  }

  /** A partition may have its columns in another order than the table. */
  private static List<String> inTableOrder(TrackedTable table, List<String> columns) {
    var known = table.columns().keySet();
    if (!known.containsAll(columns)) {
      return columns;
    }
    var logged = Set.copyOf(columns);
    return known.stream().filter(logged::contains).toList();
  }

  private static Schema field(
      TrackedTable table, String column, ColumnKind kind, boolean required) {
    var schema = kind.schema();
    var type = table.columns().get(column);
    if (type != null) {
      schema.parameter(TYPE_PARAMETER, type.definition());
    }
    return required || table.key().contains(column) ? schema.build() : schema.optional().build();
  }
}
