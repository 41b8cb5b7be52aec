package io.kreplica.source.event;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * Reads log rows by the shape they have. Log rows describe themselves (names and values), and may
 * be older than the catalog: when their columns differ from the last row's, or a value does not fit
 * its column's type, the catalog is read again, and what it does not explain travels as text. So a
 * column may be added, dropped, renamed or retyped at any time. Not thread-safe.
 */
final class RowShapes {

  /** Partitions of one table may have its columns in so many orders before shapes are forgotten. */
  private static final int MOST_ORDERS = 16;

  private final TableCatalog catalog;
  private final Map<Integer, TrackedTable> tables = new HashMap<>();
  private final Map<Integer, List<RowShape>> shapes = new HashMap<>();
  private final RowJson json = new RowJson();

  RowShapes(TableCatalog catalog) {
    this.catalog = catalog;
  }

  /**
   * A row of a log entry.
   *
   * @param shape its shape
   * @param texts its values as they were read; valid until the next row is read
   * @param key the record's key
   * @param value the record's value
   */
  record Row(RowShape shape, List<String> texts, Struct key, Struct value) {

    /** The key as JSON, column name to text, as {@code replica.read_chunk} takes it. */
    String keyJson() {
      var text = new StringBuilder("{");
      for (var field : shape.keySchema().fields()) {
        text.append(text.length() == 1 ? "\"" : ",\"")
            .append(JsonStringEncoder.getInstance().quoteAsString(field.name()))
            .append("\":\"")
            .append(JsonStringEncoder.getInstance().quoteAsString(key.get(field).toString()))
            .append('"');
      }
      return text.append('}').toString();
    }
  }

  /** The table of a number in the log. */
  TrackedTable table(int id) throws SQLException {
    var table = tables.get(id);
    return table == null ? reload(id) : table;
  }

  /** Looks all tables up again when they are next needed. */
  void forget() {
    tables.clear();
    shapes.clear();
  }

  private TrackedTable reload(int id) throws SQLException {
    var table =
        catalog
            .table(id)
            .orElseThrow(
                () ->
                    new DataException(
                        "Cannot read the log: replica.tracked_table has no table_id "
                            + id
                            + ". Rows of it were deleted by hand; restore them, or run select"
                            + " replica.restart_log()."));
    if (!table.equals(tables.put(id, table))) {
      shapes.remove(id);
    }
    return table;
  }

  /**
   * Reads a row.
   *
   * @param rowJson the row as JSON
   * @param image its exact text form, or null
   */
  Row read(int tableId, String rowJson, String image) throws SQLException {
    json.read(rowJson);
    var texts = image == null ? json.values() : RecordText.columns(image);
    if (texts.size() != json.names().size()) {
      throw new DataException(
          "its image has " + texts.size() + " columns, its JSON " + json.names().size());
    }
    return row(tableId, json.names(), texts);
  }

  /** The shape of rows that have these columns in this order. */
  RowShape shape(int tableId, List<String> columns) throws SQLException {
    var shape = known(tableId, columns);
    if (shape == null) {
      reload(tableId);
      shape = compile(tableId, columns, Set.of());
    }
    return shape;
  }

  /** A row of these columns and values. */
  Row row(int tableId, List<String> columns, List<String> texts) throws SQLException {
    try {
      return row(shape(tableId, columns), texts);
    } catch (NumberFormatException outdated) {
      reload(tableId);
      return row(compile(tableId, columns, unfit(tableId, columns, texts)), texts);
    }
  }

  /** The shape of such rows; null if none of this table has come yet. */
  private RowShape known(int tableId, List<String> columns) {
    for (var shape : shapes.getOrDefault(tableId, List.of())) {
      if (shape.columns().equals(columns)) {
        return shape;
      }
    }
    return null;
  }

  private RowShape compile(int tableId, List<String> columns, Set<String> asText)
      throws SQLException {
    var table = table(tableId);
    if (!columns.containsAll(table.key())) {
      // Logged before the key was renamed.
      table = table.asOnceTracked();
    }
    if (!columns.containsAll(table.key())) {
      throw new DataException(
          "its columns lack the key ("
              + String.join(", ", table.key())
              + "): the key was renamed or the table dropped since. Run select replica.track() for"
              + " the table, and select replica.copy()");
    }
    var types = table.columns();
    var shape =
        RowShape.of(
            table,
            List.copyOf(columns),
            column -> {
              var type = types.get(column);
              return type == null || asText.contains(column)
                  ? ColumnKind.TEXT
                  : ColumnKind.ofType(type.name());
            });
    var ofTable = shapes.computeIfAbsent(tableId, id -> new ArrayList<>());
    ofTable.removeIf(other -> other.columns().equals(shape.columns()));
    ofTable.add(0, shape);
    if (ofTable.size() > MOST_ORDERS) {
      ofTable.remove(MOST_ORDERS);
    }
    return shape;
  }

  /** The columns whose values in this row do not fit the type that the catalog has now. */
  private Set<String> unfit(int tableId, List<String> columns, List<String> texts)
      throws SQLException {
    var unfit = new HashSet<String>();
    for (var i = 0; i < texts.size(); i++) {
      var type = table(tableId).columns().get(columns.get(i));
      if (type != null && texts.get(i) != null) {
        try {
          ColumnKind.ofType(type.name()).value(texts.get(i));
        } catch (NumberFormatException e) {
          unfit.add(columns.get(i));
        }
      }
    }
    return unfit;
  }

  private static Row row(RowShape shape, List<String> texts) {
    var value = new Struct(shape.valueSchema());
    var fields = shape.valueFields();
    for (var i = 0; i < fields.size(); i++) {
      var text = texts.get(i);
      if (text != null) {
        value.put(fields.get(i), shape.kinds().get(i).value(text));
      }
    }
    var key = new Struct(shape.keySchema());
    var keyFields = shape.keySchema().fields();
    for (var i = 0; i < keyFields.size(); i++) {
      key.put(keyFields.get(i), value.get(fields.get(shape.keyColumns().get(i))));
    }
    return new Row(shape, texts, key, value);
  }
}
