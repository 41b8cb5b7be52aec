package io.kreplica.source.event;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * Reads log rows by the shape they have. Log rows describe themselves (names and values), and may
 * be older than the catalog: when their columns differ from the last row's, or a value does not fit
 * its column's type, the catalog is read again, and what it does not explain travels as text. So a
 * column may be added, dropped, renamed or retyped at any time. Not thread-safe.
 */
final class RowShapes {

  /** Stands for a row that is as new as the catalog: one of a copy. */
  static final long NOW = Long.MAX_VALUE;

  /** Rows of the old type and of the new may take turns while the log is behind. */
  private static final long NANOS_BETWEEN_LOOKS = 1_000_000_000L;

  /** Partitions of one table may have its columns in so many orders before shapes are forgotten. */
  private static final int MOST_ORDERS = 16;

  private final TableCatalog catalog;
  private final TypeMapping mapping;
  private final Map<Integer, TrackedTable> tables = new HashMap<>();
  private final Map<Integer, List<Compiled>> shapes = new HashMap<>();
  private final Map<Integer, Long> lookedAt = new HashMap<>();
  private final RowJson json = new RowJson();

  RowShapes(TableCatalog catalog, TypeMapping mapping) {
    this.catalog = catalog;
    this.mapping = mapping;
  }

  /**
   * A shape, and what it was made of.
   *
   * @param era when it was called so, see {@link TrackedTable#era}
   * @param table the table as it was called
   * @param asText the columns whose values did not fit the catalog's type
   */
  private record Compiled(int era, TrackedTable table, Set<String> asText, RowShape shape) {}

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
      for (var column : shape.keyColumns()) {
        text.append(text.length() == 1 ? "\"" : ",\"")
            .append(JsonStringEncoder.getInstance().quoteAsString(shape.columns().get(column)))
            .append("\":\"")
            .append(JsonStringEncoder.getInstance().quoteAsString(texts.get(column)))
            .append('"');
      }
      return text.append('}').toString();
    }
  }

  /** The table of a number in the log, as it was called when a log row was written. */
  TrackedTable table(int id, long seq) throws SQLException {
    var table = tables.get(id);
    return (table == null ? reload(id) : table).at(seq);
  }

  /** Whether a table has been called or identified otherwise since a log row was written. */
  boolean isPast(int tableId, long seq) {
    return tables.get(tableId).era(seq) < tables.get(tableId).former().size();
  }

  /** Looks all tables up again when they are next needed. */
  void forget() {
    tables.clear();
    shapes.clear();
  }

  /** Looks a table up again. */
  TrackedTable reload(int id) throws SQLException {
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
    lookedAt.put(id, System.nanoTime());
    return table;
  }

  /**
   * Reads a row.
   *
   * @param seq its number in the log, or {@link #NOW}
   * @param rowJson the row as JSON
   * @param image its exact text form, or null
   */
  Row read(int tableId, long seq, String rowJson, String image) throws SQLException {
    json.read(rowJson);
    var texts = image == null ? json.values() : RecordText.columns(image);
    if (texts.size() != json.names().size()) {
      throw new DataException(
          "its image has " + texts.size() + " columns, its JSON " + json.names().size());
    }
    return row(tableId, seq, json.names(), texts, json.tokens());
  }

  /** The shape of rows that have these columns in this order. */
  RowShape shape(int tableId, long seq, List<String> columns) throws SQLException {
    return compiled(tableId, seq, columns).shape();
  }

  private Compiled compiled(int tableId, long seq, List<String> columns) throws SQLException {
    var known = known(tableId, seq, columns);
    return known == null ? compile(reload(tableId), seq, columns, Set.of()) : known;
  }

  /** The shape of such rows; null if none of this table has come yet. */
  private Compiled known(int tableId, long seq, List<String> columns) {
    for (var known : shapes.getOrDefault(tableId, List.of())) {
      if (known.era() == tables.get(tableId).era(seq) && known.shape().columns().equals(columns)) {
        return known;
      }
    }
    return null;
  }

  /** A row of these columns and values, of which nothing else is known. */
  Row row(int tableId, long seq, List<String> columns, List<String> texts) throws SQLException {
    return row(
        tableId, seq, columns, texts, Collections.nCopies(columns.size(), RowJson.Token.UNKNOWN));
  }

  private Row row(
      int tableId, long seq, List<String> columns, List<String> texts, List<RowJson.Token> tokens)
      throws SQLException {
    var known = compiled(tableId, seq, columns);
    if (fitsAgain(known, texts, tokens)) {
      known = compile(tables.get(tableId), seq, columns, Set.of());
    }
    try {
      return row(known.shape(), texts, tokens);
    } catch (NumberFormatException outdated) {
      if (System.nanoTime() - lookedAt.get(tableId) > NANOS_BETWEEN_LOOKS) {
        reload(tableId);
      }
      var table = tables.get(tableId);
      var unfit = unfit(table, table.columns().keySet(), columns, texts, tokens);
      return row(compile(table, seq, columns, unfit).shape(), texts, tokens);
    }
  }

  private Compiled compile(TrackedTable now, long seq, List<String> columns, Set<String> asText) {
    var table = now.at(seq);
    var types = table.columns();
    var key = key(table, columns);
    var shape =
        RowShape.of(
            table.called(table.name(), key),
            List.copyOf(columns),
            column -> {
              var type = types.get(column);
              return type == null || asText.contains(column)
                  ? BasicKind.TEXT
                  : mapping.kind(type.definition(), key.contains(column));
            });
    var compiled = new Compiled(now.era(seq), table, asText, shape);
    var orders = shapes.computeIfAbsent(table.id(), id -> new ArrayList<>());
    orders.removeIf(
        other -> other.era() == compiled.era() && other.shape().columns().equals(columns));
    if (orders.size() == MOST_ORDERS) {
      orders.clear();
    }
    orders.add(compiled);
    return compiled;
  }

  /** What the key's columns are called in the row: as noted, as now, or as their places say. */
  private static List<String> key(TrackedTable table, List<String> names) {
    for (var key : List.of(table.key(), table.keyNow(), keyByPlace(table, names))) {
      if (!key.isEmpty() && names.containsAll(key)) {
        return key;
      }
    }
    throw new KeylessException(
        "its columns lack the key ("
            + String.join(", ", table.key())
            + "): it was dropped or renamed since. Give the table a primary key if it has none, and"
            + " run for it on the master: select replica.track('"
            + table.name()
            + "'); select replica.copy('"
            + table.name()
            + "')");
  }

  /** A column that was renamed more than once is still the same in its place. */
  private static List<String> keyByPlace(TrackedTable table, List<String> names) {
    var now = List.copyOf(table.columns().keySet());
    for (var i = 0; i < names.size(); i++) {
      if (i < now.size() ? !agree(now, names, i) : now.contains(names.get(i))) {
        return List.of();
      }
    }
    var places = table.keyNow().stream().map(now::indexOf).toList();
    return places.stream().allMatch(place -> place < names.size())
        ? places.stream().map(names::get).toList()
        : List.of();
  }

  /** Whether a column of the row has the same place in the table, or a name unknown there. */
  private static boolean agree(List<String> now, List<String> names, int place) {
    var name = names.get(place);
    return now.get(place).equals(name) || !now.contains(name);
  }

  /** Whether the values that did not fit their columns' types belong to rows that are past. */
  private boolean fitsAgain(Compiled known, List<String> texts, List<RowJson.Token> tokens) {
    var columns = known.shape().columns();
    return !known.asText().isEmpty()
        && known.asText().stream().anyMatch(c -> texts.get(columns.indexOf(c)) != null)
        && unfit(known.table(), known.asText(), columns, texts, tokens).isEmpty();
  }

  /** Which of these columns have a value in this row that does not fit the catalog's type. */
  private Set<String> unfit(
      TrackedTable table,
      Set<String> suspects,
      List<String> columns,
      List<String> texts,
      List<RowJson.Token> tokens) {
    var key = key(table, columns);
    var unfit = new HashSet<String>();
    for (var i = 0; i < texts.size(); i++) {
      var name = columns.get(i);
      if (suspects.contains(name) && texts.get(i) != null) {
        try {
          var kind = mapping.kind(table.columns().get(name).definition(), key.contains(name));
          kind.value(texts.get(i), tokens.get(i));
        } catch (NumberFormatException e) {
          unfit.add(name);
        }
      }
    }
    return unfit;
  }

  private static Row row(RowShape shape, List<String> texts, List<RowJson.Token> tokens) {
    var value = new Struct(shape.valueSchema());
    var fields = shape.valueFields();
    for (var i = 0; i < fields.size(); i++) {
      var text = texts.get(i);
      if (text != null) {
        try {
          value.put(fields.get(i), shape.kinds().get(i).value(text, tokens.get(i)));
        } catch (UnholdableException e) {
          throw unholdable(shape, i, texts, e);
        }
      }
    }
    var key = new Struct(shape.keySchema());
    var keyFields = shape.keySchema().fields();
    for (var i = 0; i < keyFields.size(); i++) {
      key.put(keyFields.get(i), value.get(fields.get(shape.keyColumns().get(i))));
    }
    return new Row(shape, texts, key, value);
  }

  private static DataException unholdable(
      RowShape shape, int column, List<String> texts, UnholdableException e) {
    return new DataException(
        "column "
            + shape.columns().get(column)
            + " of the row with key "
            + shape.keyColumns().stream()
                .map(i -> shape.columns().get(i) + "=" + texts.get(i))
                .collect(Collectors.joining(", "))
            + " holds "
            + e.getMessage()
            + ". Set type.mapping=exact, under which it travels as text",
        e);
  }
}
