package io.kreplica.sink.change;

import io.kreplica.record.TableName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The columns that a row's values belong to. Rows of one table usually share a single shape; a
 * second one appears when a column is added on the master or dropped by a transform. Immutable;
 * {@link Shapes} hands out one instance for equal shapes, so that they can be compared by identity.
 */
public final class Shape {

  private final TableName table;
  private final List<String> columns;
  private final List<String> types;
  private final List<String> keyInOrder;
  private final List<String> key;
  private final int[] keyIndexes;
  private final Set<String> columnSet;
  private final Set<String> stored;
  private final int hash;

  /**
   * Makes a shape.
   *
   * @param table the table on the master
   * @param columns the columns, those of the key among them
   * @param types their types on the master as far as the record tells, else null
   * @param key the columns of the key, in its order as far as the record tells
   */
  public Shape(TableName table, List<String> columns, List<String> types, List<String> key) {
    this(table, columns, types, key, Set.of());
  }

  private Shape(
      TableName table,
      List<String> columns,
      List<String> types,
      List<String> key,
      Set<String> stored) {
    this.table = table;
    this.columns = List.copyOf(columns);
    this.types = types;
    this.keyInOrder = List.copyOf(key);
    this.key = key.stream().sorted().toList();
    this.keyIndexes = this.key.stream().mapToInt(columns::indexOf).toArray();
    this.columnSet = new HashSet<>(columns);
    this.stored = stored;
    this.hash = Objects.hash(table, columns, this.key);
  }

  /** The table on the master. */
  public TableName table() {
    return table;
  }

  /** The columns' names, in the order of a row's values. */
  public List<String> columns() {
    return columns;
  }

  /** The columns of the key, sorted by name. */
  public List<String> key() {
    return key;
  }

  /**
   * The columns of the key in the master's order; sorted by name if the record did not carry it.
   */
  public List<String> keyInOrder() {
    return keyInOrder;
  }

  /** The column's type on the master; null if the record did not carry it. */
  public String type(int column) {
    return types.get(column);
  }

  /** What identifies the row within its table: equal for rows of equal key, whatever the shape. */
  public Object keyOf(List<String> values) {
    if (keyIndexes.length == 1) {
      return values.get(keyIndexes[0]);
    }
    var parts = new String[keyIndexes.length];
    for (var i = 0; i < parts.length; i++) {
      parts[i] = values.get(keyIndexes[i]);
    }
    return Arrays.asList(parts);
  }

  /** The key for a message: {@code id=42}. */
  public String describeKey(List<String> values) {
    var text = new StringBuilder();
    for (var i = 0; i < keyIndexes.length; i++) {
      text.append(i == 0 ? "" : ", ")
          .append(key.get(i))
          .append('=')
          .append(values.get(keyIndexes[i]));
    }
    return text.toString();
  }

  /** Whether a row of this shape says all that one of the other shape does. */
  public boolean covers(Shape other) {
    return equals(other) || columnSet.containsAll(other.columnSet);
  }

  /** This shape with more columns behind its own. */
  public Shape with(List<String> more) {
    var allColumns = new ArrayList<>(columns);
    allColumns.addAll(more);
    var allTypes = new ArrayList<>(types);
    more.forEach(column -> allTypes.add(null));
    return new Shape(table, allColumns, allTypes, keyInOrder, stored);
  }

  /** This shape with columns whose values are stored on the slave; see {@link #isStored}. */
  public Shape storing(Set<String> inColumns) {
    return new Shape(table, columns, types, keyInOrder, Set.copyOf(inColumns));
  }

  /** Whether any column's values are stored on the slave. */
  public boolean isStoring() {
    return !stored.isEmpty();
  }

  /**
   * Whether the column's values are stored on the slave already, in parts, as they are too large to
   * be held. A row has the number of the value in its place.
   */
  public boolean isStored(String column) {
    return stored.contains(column);
  }

  @Override
  public boolean equals(Object o) {
    return this == o
        || (o instanceof Shape other
            && table.equals(other.table)
            && columns.equals(other.columns)
            && types.equals(other.types)
            && key.equals(other.key)
            && stored.equals(other.stored));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return table + columns.toString();
  }

  /** Keeps one instance of each shape. Not thread-safe. */
  static final class Shapes {

    private final Map<Shape, Shape> known = new HashMap<>();

    Shape intern(Shape shape) {
      var first = known.putIfAbsent(shape, shape);
      return first == null ? shape : first;
    }
  }
}
