package io.kreplica.sink;

import io.kreplica.record.TableName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** A table of an imagined master, and its rows as the source would send them. */
record MasterTable(TableName name, Map<String, String> columns, List<String> key) {

  /**
   * Describes a table.
   *
   * @param key the columns of the key, separated by commas
   * @param columns name and type in turn
   */
  static MasterTable of(String name, String key, String... columns) {
    var types = new LinkedHashMap<String, String>();
    for (var i = 0; i < columns.length; i += 2) {
      types.put(columns[i], columns[i + 1]);
    }
    return new MasterTable(TableName.parse(name), types, List.of(key.split(",")));
  }

  Struct row(Object... values) {
    var row = new Struct(schema(List.copyOf(columns.keySet()), ".Row"));
    var i = 0;
    for (var column : columns.keySet()) {
      row.put(column, values[i++]);
    }
    return row;
  }

  Struct key(Object... values) {
    var struct = new Struct(schema(key, ".Key"));
    for (var i = 0; i < values.length; i++) {
      struct.put(key.get(i), values[i]);
    }
    return struct;
  }

  Struct keyOf(Struct row) {
    return key(key.stream().map(row::get).toArray());
  }

  private Schema schema(List<String> names, String suffix) {
    var schema = SchemaBuilder.struct().name(name + suffix);
    for (var column : names) {
      var type = columns.get(column);
      var field =
          switch (type) {
            case "smallint" -> SchemaBuilder.int16();
            case "integer" -> SchemaBuilder.int32();
            case "bigint" -> SchemaBuilder.int64();
            case "boolean" -> SchemaBuilder.bool();
            default -> SchemaBuilder.string();
          };
      schema.field(column, field.optional().parameter("postgres.type", type).build());
    }
    return schema.build();
  }
}
