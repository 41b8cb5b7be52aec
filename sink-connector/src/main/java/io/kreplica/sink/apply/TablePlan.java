package io.kreplica.sink.apply;

import io.kreplica.postgres.Identifiers;
import io.kreplica.sink.apply.SlaveTable.Column;
import io.kreplica.sink.change.Change;
import io.kreplica.sink.change.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * The statements that write rows of one shape into one table of the slave, each for any number of
 * rows: every parameter is an array that holds one column. Immutable.
 */
final class TablePlan {

  private final SlaveTable table;
  private final Shape shape;
  private final SlaveTable.Index key;
  private final int[] keyColumns;
  private final int[] writtenColumns;
  private final List<String> slaveOnly;
  private final boolean equalAsText;
  private final boolean replaces;

  private TablePlan(
      SlaveTable table, Shape shape, SlaveTable.Index key, int[] keyColumns, int[] written) {
    this.table = table;
    this.shape = shape;
    this.key = key;
    this.keyColumns = keyColumns;
    this.writtenColumns = written;
    this.slaveOnly =
        table.columns().values().stream()
            .filter(c -> !c.generated() && !shape.columns().contains(c.name()))
            .map(Column::name)
            .toList();
    this.equalAsText = key.columns().stream().allMatch(c -> table.columns().get(c).equalAsText());
    this.replaces =
        !table.isArbiter(shape.key())
            || columns(written)
                .anyMatch(c -> c.identityAlways() && !shape.key().contains(c.name()));
  }

  /**
   * Plans for a table.
   *
   * @throws ConnectException if it lacks a column or a key; the message says the DDL
   */
  static TablePlan of(SlaveTable table, Shape shape) {
    var missing =
        IntStream.range(0, shape.columns().size())
            .filter(i -> !table.columns().containsKey(shape.columns().get(i)))
            .boxed()
            .toList();
    if (!missing.isEmpty()) {
      throw Mismatch.missingColumns(table, shape, missing);
    }
    var key = table.keyOf(shape.key()).orElseThrow(() -> Mismatch.missingKey(table, shape));
    var keyColumns = key.columns().stream().mapToInt(shape.columns()::indexOf).toArray();
    var written =
        IntStream.range(0, shape.columns().size())
            .filter(i -> !table.columns().get(shape.columns().get(i)).generated())
            .toArray();
    return new TablePlan(table, shape, key, keyColumns, written);
  }

  /** Whether equal keys have equal texts. */
  boolean equalAsText() {
    return equalAsText;
  }

  /** Whether a row that exists must be deleted and inserted, as no upsert would do. */
  boolean replaces() {
    return replaces;
  }

  /** Whether a row may be refused because of another row than that of its key. */
  boolean isGuarded() {
    return table.hasIndexesBeside(key);
  }

  /** Whether {@link #insertWhatFits} can be executed. */
  boolean canInsertWhatFits() {
    return table.takesOnConflict();
  }

  /** The columns that only the slave has. */
  List<String> slaveOnly() {
    return slaveOnly;
  }

  /** Deletes the rows of the given keys. Parameters: {@link #keys}. */
  String delete() {
    return "delete from "
        + table.ownRows()
        + " as t using "
        + unnest(keyColumns, "")
        + " where "
        + matchKeys();
  }

  /**
   * Deletes as {@link #delete} does and returns the number of each key that was there, from 1, and
   * what the columns that only the slave has held.
   */
  String deleteReturning() {
    return "delete from "
        + table.ownRows()
        + " as t using "
        + unnest(keyColumns, " with ordinality")
        + " where "
        + matchKeys()
        + " returning x.n, "
        + slaveOnly.stream()
            .map(c -> "t." + Identifiers.quote(c) + "::text")
            .collect(Collectors.joining(", "));
  }

  /** Inserts rows, or updates those that exist. Parameters: {@link #values}. */
  String upsert() {
    var updated =
        columns(writtenColumns)
            .filter(c -> !c.identityAlways())
            .filter(c -> !equalAsText || !shape.key().contains(c.name()))
            .map(c -> Identifiers.quote(c.name()))
            .map(name -> name + " = excluded." + name)
            .collect(Collectors.joining(", "));
    return insert()
        + " on conflict ("
        + key.columns().stream().map(Identifiers::quote).collect(Collectors.joining(", "))
        + ") do "
        + (updated.isEmpty() ? "nothing" : "update set " + updated);
  }

  /** Inserts rows whose keys are not there. Parameters: {@link #values}. */
  String insert() {
    return "insert into "
        + table.name().toSql()
        + " ("
        + columns(writtenColumns)
            .map(c -> Identifiers.quote(c.name()))
            .collect(Collectors.joining(", "))
        + ") overriding system value "
        + (equalAsText ? selectAll() : selectLast());
  }

  /** Inserts the rows that no unique index refuses, and returns their keys. */
  String insertWhatFits() {
    return insert()
        + " on conflict do nothing returning "
        + shape.key().stream()
            .map(c -> Identifiers.quote(c) + "::text")
            .collect(Collectors.joining(", "));
  }

  /**
   * Compares rows with what their changes tell: returns the number of each that is in conflict,
   * from 1, and the {@link Conflict}. Parameters: an array for each column of the key in the key's
   * order, one of expected presences, one of old rows.
   */
  String probe() {
    var found = "t." + Identifiers.quote(key.columns().get(0)) + " is not null";
    return "select x.n, case when x.expected = 'ABSENT' then 'EXTRA' when not "
        + found
        + " then 'MISSING' else 'CHANGED' end from (select *"
        + (equalAsText
            ? ", 1 as nth"
            : ", row_number() over (partition by " + probeKeys() + " order by n) as nth")
        + " from unnest("
        + columns(keyColumns)
            .map(c -> "?::" + (c.throughText() ? "text" : c.type()) + "[], ")
            .collect(Collectors.joining())
        + "?::text[], ?::jsonb[]) with ordinality as u("
        + IntStream.range(0, keyColumns.length)
            .mapToObj(i -> "c" + i + ", ")
            .collect(Collectors.joining())
        + "expected, old, n)) as x left join "
        + table.ownRows()
        + " as t on "
        + matchKeys()
        + " where x.nth = 1 and case x.expected when 'ABSENT' then "
        + found
        + " when 'PRESENT' then case when x.old is null then not ("
        + found
        + ") when not coalesce("
        + sameKey()
        + ", false) then false when "
        + found
        + " then exists (select from jsonb_each(x.old) as o, to_jsonb(t.*) as j"
        + " where j -> o.key <> o.value) else true end"
        + " else false end";
  }

  private String probeKeys() {
    return IntStream.range(0, keyColumns.length)
        .mapToObj(
            i -> {
              var column = column(keyColumns[i]);
              return "c"
                  + i
                  + (column.throughText() ? "::" + column.type() : "")
                  + (column.collation() == null ? "" : " collate " + column.collation());
            })
        .collect(Collectors.joining(", "));
  }

  /** Whether the old row has the key. */
  private String sameKey() {
    return IntStream.range(0, keyColumns.length)
        .mapToObj(
            i -> {
              var column = column(keyColumns[i]);
              return "to_jsonb(" + value(i, column) + ") = x.old -> " + literal(column.name());
            })
        .collect(Collectors.joining(" and "));
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private String selectAll() {
    return "select " + selected(writtenColumns) + " from " + unnest(writtenColumns, "");
  }

  /** Of rows whose keys are equal although their texts differ, the last one counts. */
  private String selectLast() {
    var names =
        IntStream.range(0, writtenColumns.length)
            .mapToObj(i -> "s.c" + i)
            .collect(Collectors.joining(", "));
    var keys =
        IntStream.range(0, writtenColumns.length)
            .filter(i -> shape.key().contains(shape.columns().get(writtenColumns[i])))
            .mapToObj(
                i -> {
                  var collation = column(writtenColumns[i]).collation();
                  return "s.c" + i + (collation == null ? "" : " collate " + collation);
                })
            .collect(Collectors.joining(", "));
    return "select distinct on ("
        + keys
        + ") "
        + names
        + " from (select "
        + selected(writtenColumns)
        + ", x.n from "
        + unnest(writtenColumns, " with ordinality")
        + ") as s order by "
        + keys
        + ", s.n desc";
  }

  private String selected(int[] indexes) {
    return IntStream.range(0, indexes.length)
        .mapToObj(i -> unrounded(i, column(indexes[i])) + " as c" + i)
        .collect(Collectors.joining(", "));
  }

  private String matchKeys() {
    var conditions = new ArrayList<String>();
    for (var i = 0; i < keyColumns.length; i++) {
      var column = column(keyColumns[i]);
      conditions.add(
          compared("t." + Identifiers.quote(column.name()), column)
              + " "
              + key.operators().get(i)
              + " "
              + compared(value(i, column), column)
              + (column.collation() == null ? "" : " collate " + column.collation()));
    }
    return String.join(" and ", conditions);
  }

  /** Reads one value of a column, and does nothing with it. Parameter: its text. */
  String cast(int index) {
    return "select ?::text::" + column(index).type() + " is null";
  }

  private static String compared(String value, Column column) {
    return value + (column.base() == null ? "" : "::" + column.base());
  }

  private String value(int index, Column column) {
    if (shape.isStored(column.name())) {
      return StoredValues.joined("x.c" + index) + "::" + column.type();
    }
    return "x.c" + index + (column.throughText() ? "::" + column.type() : "");
  }

  /** The value, or an error if the column would round it. */
  private String unrounded(int index, Column column) {
    var value = value(index, column);
    if (column.roundedTo() == null) {
      return value;
    }
    return "case when "
        + value
        + " is distinct from "
        + value
        + "::"
        + column.roundedTo()
        + " then ("
        + quoteLiteral(Refusals.ROUNDED + column.name())
        + " || left(x.c"
        + index
        + "::text, 0))::"
        + column.type()
        + " else "
        + value
        + " end";
  }

  private static String quoteLiteral(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private String unnest(int[] indexes, String ordinality) {
    var arrays =
        columns(indexes).map(c -> "?::" + elementType(c) + "[]").collect(Collectors.joining(", "));
    var names =
        IntStream.range(0, indexes.length).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
    return "unnest("
        + arrays
        + ")"
        + ordinality
        + " as x("
        + names
        + (ordinality.isEmpty() ? "" : ", n")
        + ")";
  }

  private String elementType(Column column) {
    if (shape.isStored(column.name())) {
      return "bigint";
    }
    return column.throughText() ? "text" : column.type();
  }

  private Stream<Column> columns(int[] indexes) {
    return IntStream.of(indexes).mapToObj(this::column);
  }

  private Column column(int index) {
    return table.columns().get(shape.columns().get(index));
  }

  /** The parameters that name the rows' keys. */
  String[] keys(List<Change.Row> rows) {
    return arrays(rows, keyColumns);
  }

  /** A row's key, in the order of the key's columns. */
  List<String> keyOf(Change.Row row) {
    return IntStream.of(keyColumns).mapToObj(row.values()::get).toList();
  }

  /** The parameters that hold the rows. */
  String[] values(List<Change.Row> rows) {
    return arrays(rows, writtenColumns);
  }

  /** The rows' values in some of their columns, an array's text for each column. */
  static String[] arrays(List<Change.Row> rows, int[] indexes) {
    var arrays = new String[indexes.length];
    for (var i = 0; i < indexes.length; i++) {
      var literal = new ArrayLiteral();
      for (var row : rows) {
        literal.add(row.values().get(indexes[i]));
      }
      arrays[i] = literal.toString();
    }
    return arrays;
  }
}
