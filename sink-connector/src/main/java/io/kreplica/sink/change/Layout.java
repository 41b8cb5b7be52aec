package io.kreplica.sink.change;

import io.kreplica.record.TableName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Where the values of a shape sit in a record's key and value. Immutable. */
sealed interface Layout {

  /**
   * The schema parameter by which the source says a column's type. What is no type's name is not
   * read, as it becomes a part of statements and of messages with DDL to run.
   */
  String TYPE_PARAMETER = "postgres.type";

  /** The columns. */
  Shape shape();

  /** Whether a record's key and row (null for a delete) have exactly these columns. */
  boolean fits(Object key, Object row);

  /** The values, in the order of the shape's columns. */
  List<String> values(Object key, Object row);

  /** Works out the layout of a record. */
  static Layout of(TableName table, Object key, Object row, Shape.Shapes shapes) {
    return key instanceof Struct keyStruct && (row == null || row instanceof Struct)
        ? StructLayout.of(table, keyStruct, (Struct) row, shapes)
        : MapLayout.of(table, key, row, shapes);
  }

  /** A layout for records with schemas; it fits records with the very same schemas. */
  record StructLayout(
      Shape shape, Schema keySchema, Schema rowSchema, List<Field> rowFields, List<Field> keyFields)
      implements Layout {

    static StructLayout of(TableName table, Struct key, Struct row, Shape.Shapes shapes) {
      var columns = new ArrayList<String>();
      var types = new ArrayList<String>();
      var rowFields = new ArrayList<Field>();
      var keyFields = new ArrayList<Field>();
      if (row != null) {
        rowFields.addAll(row.schema().fields());
      }
      for (var field : key.schema().fields()) {
        if (row == null || row.schema().field(field.name()) == null) {
          keyFields.add(field);
        }
      }
      for (var fields : List.of(rowFields, keyFields)) {
        for (var field : fields) {
          columns.add(field.name());
          types.add(type(field));
        }
      }
      var keyColumns = key.schema().fields().stream().map(Field::name).toList();
      return new StructLayout(
          shapes.intern(new Shape(table, columns, types, keyColumns)),
          key.schema(),
          row == null ? null : row.schema(),
          List.copyOf(rowFields),
          List.copyOf(keyFields));
    }

    private static String type(Field field) {
      var parameters = field.schema().parameters();
      var type = parameters == null ? null : parameters.get(TYPE_PARAMETER);
      return type != null && TypeName.isOne(type) ? type : null;
    }

    @Override
    public boolean fits(Object key, Object row) {
      return key instanceof Struct keyStruct
          && keyStruct.schema() == keySchema
          && (row == null || (row instanceof Struct rowStruct && rowStruct.schema() == rowSchema));
    }

    @Override
    public List<String> values(Object key, Object row) {
      var values = new String[rowFields.size() + keyFields.size()];
      var i = 0;
      for (var field : rowFields) {
        values[i++] = ColumnText.of(field, ((Struct) row).get(field));
      }
      for (var field : keyFields) {
        values[i++] = ColumnText.of(field, ((Struct) key).get(field));
      }
      return Arrays.asList(values);
    }
  }

  /** A layout for records without schemas; it fits records with the same names. */
  record MapLayout(
      Shape shape, List<String> keyColumns, List<String> rowNames, List<String> keyNames)
      implements Layout {

    static MapLayout of(TableName table, Object key, Object row, Shape.Shapes shapes) {
      var keyColumns = names(key);
      var rowNames = row == null ? List.<String>of() : names(row);
      var keyNames = keyColumns.stream().filter(name -> !rowNames.contains(name)).toList();
      var columns = new ArrayList<>(rowNames);
      columns.addAll(keyNames);
      var types = new ArrayList<String>();
      columns.forEach(column -> types.add(null));
      return new MapLayout(
          shapes.intern(new Shape(table, columns, types, keyColumns)),
          keyColumns,
          rowNames,
          keyNames);
    }

    private static List<String> names(Object part) {
      return part instanceof Struct struct
          ? struct.schema().fields().stream().map(Field::name).sorted().toList()
          : ((Map<?, ?>) part).keySet().stream().map(String::valueOf).sorted().toList();
    }

    @Override
    public boolean fits(Object key, Object row) {
      return key instanceof Map<?, ?> keyMap
          && hasExactly(keyMap, keyColumns)
          && (row == null || (row instanceof Map<?, ?> rowMap && hasExactly(rowMap, rowNames)));
    }

    private static boolean hasExactly(Map<?, ?> map, List<String> names) {
      if (map.size() != names.size()) {
        return false;
      }
      for (var name : names) {
        if (!map.containsKey(name)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public List<String> values(Object key, Object row) {
      var values = new String[rowNames.size() + keyNames.size()];
      var i = 0;
      for (var name : rowNames) {
        values[i++] = ColumnText.of(name, value(row, name));
      }
      for (var name : keyNames) {
        values[i++] = ColumnText.of(name, value(key, name));
      }
      return Arrays.asList(values);
    }

    private static Object value(Object part, String name) {
      return part instanceof Struct struct ? struct.get(name) : ((Map<?, ?>) part).get(name);
    }
  }
}
