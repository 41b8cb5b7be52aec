package io.kreplica.random;

import io.kreplica.postgres.Identifiers;
import io.kreplica.record.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table whose form changes at random, as it is between two changes. Its first column is a number
 * below {@link #NUMBERS}, by whose ranges it is partitioned if it is.
 *
 * @param id tells it from other tables, whatever it is called
 * @param name what it is called for now
 * @param columns its columns in their order
 * @param key the names of its key's columns
 * @param partitions the partitions' names by their range; null of a plain table
 * @param changes counts its changes, for names that were never used
 */
record ChangingTable(
    int id,
    TableName name,
    List<RandomColumn> columns,
    List<String> key,
    Map<Integer, String> partitions,
    int changes) {

  static final int NUMBERS = 200;
  static final int RANGE = 50;

  private static final List<String> SCHEMAS = List.of("public", "Other Schema");
  private static final List<ValueKind> KINDS =
      List.of(
          ValueKind.TEXT,
          ValueKind.BIGINT,
          ValueKind.NUMERIC,
          ValueKind.FLOAT,
          ValueKind.TIMESTAMPTZ,
          ValueKind.INTERVAL,
          ValueKind.BYTEA,
          ValueKind.JSONB,
          ValueKind.TEXTS,
          ValueKind.BOOLEAN);

  /**
   * A change of the table's form.
   *
   * @param commands what {@code replica.execute} is to execute, one after the other
   * @param after the table behind them
   * @param isNew whether it is to be tracked then
   */
  record Change(List<String> commands, ChangingTable after, boolean isNew) {

    private static Change of(ChangingTable after, String... commands) {
      return new Change(List.of(commands), after, false);
    }
  }

  /** What creates the schemas that tables are in. */
  static String createSchemas() {
    return "create schema " + Identifiers.quote(SCHEMAS.get(1));
  }

  /** A table that is still to be created. */
  static ChangingTable fresh(int id, boolean isPartitioned, Random random) {
    var first = new RandomColumn("id", ValueKind.SMALL, true, "");
    var table =
        new ChangingTable(
            id,
            new TableName("public", "T" + id),
            List.of(first),
            List.of("id"),
            isPartitioned ? new TreeMap<>() : null,
            0);
    return table.with("c1", KINDS.get(random.nextInt(KINDS.size()))).with("c2", ValueKind.TEXT);
  }

  private ChangingTable with(String column, ValueKind kind) {
    return columns(
        Stream.concat(columns.stream(), Stream.of(new RandomColumn(column, kind, false, "")))
            .toList());
  }

  private ChangingTable columns(List<RandomColumn> other) {
    return new ChangingTable(id, name, other, key, partitions, changes + 1);
  }

  private ChangingTable key(List<String> other) {
    return new ChangingTable(id, name, columns, other, partitions, changes + 1);
  }

  private ChangingTable name(TableName other) {
    return new ChangingTable(id, other, columns, key, partitions, changes + 1);
  }

  private ChangingTable partitions(Map<Integer, String> other) {
    return new ChangingTable(id, name, columns, key, other, changes + 1);
  }

  boolean isPartitioned() {
    return partitions != null;
  }

  String sql() {
    return name.toSql();
  }

  /** Creates it, with two of its partitions if it has any. */
  Change create() {
    var definition =
        columns.stream().map(RandomColumn::ddl).collect(Collectors.joining(", "))
            + ", primary key ("
            + keySql(key)
            + ")";
    var create = "create table " + sql() + " (" + definition + ")";
    if (!isPartitioned()) {
      return new Change(List.of(create), name(name), true);
    }
    var ranges = new TreeMap<>(Map.of(0, partition(0), 2, partition(2)));
    return new Change(
        List.of(
            create + " partition by range (" + columns.get(0).sql() + ")",
            createPartition(0),
            createPartition(2)),
        partitions(ranges),
        true);
  }

  private String partition(int range) {
    return "p" + id + "_" + range + "_" + changes;
  }

  private String partitionSql(String partition) {
    return "public." + Identifiers.quote(partition);
  }

  private static String bounds(int range) {
    return " for values from (" + range * RANGE + ") to (" + (range + 1) * RANGE + ")";
  }

  private String createPartition(int range) {
    return "create table "
        + partitionSql(partition(range))
        + " partition of "
        + sql()
        + bounds(range);
  }

  private static String keySql(List<String> key) {
    return key.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
  }

  /** What may happen to it next. */
  Change next(Random random) {
    return switch (random.nextInt(isPartitioned() ? 14 : 10)) {
      case 0, 1, 2 -> addColumn(random);
      case 3 -> dropColumn(random);
      case 4 -> renameColumn(random);
      case 5, 6 -> retype(random);
      case 7 -> rename(random);
      case 8 -> changeKey(random);
      case 9 -> random.nextInt(3) == 0 ? dropAndCreateAnew(random) : addColumn(random);
      default -> changePartitions(random);
    };
  }

  private Change addColumn(Random random) {
    var kind = KINDS.get(random.nextInt(KINDS.size()));
    var column = new RandomColumn("c\"" + changes, kind, random.nextInt(3) == 0, "");
    var value = kind.value(random).replace("'", "''");
    var filled = column.required() || random.nextInt(3) == 0;
    // Now is another time on each server, so that the table is to be copied again.
    var byDefault =
        kind == ValueKind.TIMESTAMPTZ && filled && random.nextInt(3) == 0
            ? "now()"
            : "'" + value + "'";
    var added = new ArrayList<>(columns);
    added.add(column);
    return Change.of(
        columns(List.copyOf(added)),
        "alter table "
            + sql()
            + " add column "
            + column.ddl()
            + (filled ? " default " + byDefault : ""));
  }

  private Change dropColumn(Random random) {
    var column = columns.get(random.nextInt(columns.size()));
    if (key.contains(column.name()) || columns.size() < 3) {
      return addColumn(random);
    }
    return Change.of(
        columns(columns.stream().filter(c -> !c.equals(column)).toList()),
        "alter table " + sql() + " drop column " + column.sql());
  }

  private Change renameColumn(Random random) {
    var column = columns.get(random.nextInt(columns.size()));
    var renamed =
        new RandomColumn("r " + changes, column.kind(), column.required(), column.definition());
    return Change.of(
        columns(columns.stream().map(c -> c.equals(column) ? renamed : c).toList())
            .key(key.stream().map(k -> k.equals(column.name()) ? renamed.name() : k).toList()),
        "alter table " + sql() + " rename column " + column.sql() + " to " + renamed.sql());
  }

  private Change retype(Random random) {
    var column = columns.get(random.nextInt(columns.size()));
    if (key.contains(column.name())) {
      return renameColumn(random);
    }
    var kind = KINDS.get(random.nextInt(KINDS.size()));
    var retyped = new RandomColumn(column.name(), kind, column.required(), column.definition());
    var alter = "alter table " + sql() + " alter column " + column.sql();
    return Change.of(
        columns(columns.stream().map(c -> c.equals(column) ? retyped : c).toList()),
        alter + " drop default",
        alter + " type " + kind.type() + " using " + conversion(column.sql() + "::text", kind));
  }

  /** Of a value's text, which depends on settings of the session. */
  private static String conversion(String text, ValueKind kind) {
    return switch (kind) {
      case TEXT -> text;
      case BIGINT -> "length(" + text + ")";
      case NUMERIC -> "length(" + text + ") / 3.0";
      case FLOAT -> "length(" + text + ") / 3.0::float8";
      case TIMESTAMPTZ -> "'2026-11-26'::timestamptz + length(" + text + ") * interval '1 hour'";
      case INTERVAL -> "length(" + text + ") * interval '1 hour'";
      case BYTEA -> "convert_to(" + text + ", 'UTF8')";
      case JSONB -> "to_jsonb(" + text + ")";
      case TEXTS -> "array[" + text + "]";
      default -> "length(" + text + ") % 2 = 0";
    };
  }

  private Change rename(Random random) {
    if (random.nextInt(3) == 0) {
      var schema = SCHEMAS.get(1 - SCHEMAS.indexOf(name.schema()));
      return Change.of(
          name(new TableName(schema, name.table())),
          "alter table " + sql() + " set schema " + Identifiers.quote(schema));
    }
    var other = "T" + id + " v" + changes;
    return Change.of(
        name(new TableName(name.schema(), other)),
        "alter table " + sql() + " rename to " + Identifiers.quote(other));
  }

  /** A wider key, or the first column alone again, which fails where that has a value twice. */
  private Change changeKey(Random random) {
    var dropped =
        "do $$ begin execute (select format('alter table %s drop constraint %I', conrelid::regclass,"
            + " conname) from pg_constraint where contype = 'p' and conrelid = '"
            + sql().replace("'", "''")
            + "'::regclass); end $$; alter table "
            + sql();
    if (key.size() > 2) {
      var narrow = List.of(columns.get(0).name());
      return Change.of(key(narrow), dropped + " add primary key (" + keySql(narrow) + ")");
    }
    var column = new RandomColumn("k" + changes, ValueKind.SMALL, true, "default 0");
    var wider = new ArrayList<>(key);
    wider.add(random.nextInt(2), column.name());
    var widened = new ArrayList<>(columns);
    widened.add(column);
    return Change.of(
        columns(List.copyOf(widened)).key(List.copyOf(wider)),
        dropped + " add column " + column.ddl() + ", add primary key (" + keySql(wider) + ")");
  }

  private Change dropAndCreateAnew(Random random) {
    var fresh = fresh(id, isPartitioned(), random);
    var anew =
        new ChangingTable(
                id,
                random.nextBoolean() ? name : new TableName("public", "T" + id + " v" + changes),
                fresh.columns,
                fresh.key,
                fresh.partitions,
                changes + 1)
            .create();
    var commands = new ArrayList<>(List.of("drop table " + sql()));
    commands.addAll(anew.commands());
    return new Change(List.copyOf(commands), anew.after(), true);
  }

  private Change changePartitions(Random random) {
    var range = random.nextInt(NUMBERS / RANGE);
    var changed = new TreeMap<>(partitions);
    var partition = changed.remove(range);
    if (partition != null) {
      return Change.of(
          partitions(changed),
          (random.nextBoolean()
              ? "drop table " + partitionSql(partition)
              : "alter table " + sql() + " detach partition " + partitionSql(partition)));
    }
    changed.put(range, partition(range));
    if (random.nextInt(3) == 0) {
      return Change.of(partitions(changed), createPartition(range));
    }
    var brought = partitionSql(partition(range));
    var row =
        columns.stream()
            .map(
                c -> c.equals(columns.get(0)) ? Integer.toString(range * RANGE) : c.literal(random))
            .collect(Collectors.joining(", "));
    return Change.of(
        partitions(changed),
        "create table " + brought + " (like " + sql() + " including all)",
        "insert into " + brought + " values (" + row + ")",
        "alter table " + sql() + " attach partition " + brought + bounds(range));
  }

  /** A statement that changes some of its rows. */
  String statement(Random random) {
    var some = " where abs(hashtext(x::text)) % 9 = " + random.nextInt(9);
    return switch (random.nextInt(16)) {
      case 0 -> "delete from " + sql() + " x" + some;
      case 1, 2, 3, 4 -> {
        var column = columns.get(random.nextInt(columns.size()));
        var rows =
            key.contains(column.name())
                ? " where " + columns.get(0).sql() + " = " + number(random)
                : some;
        yield "update " + sql() + " x set " + column.sql() + " = " + value(column, random) + rows;
      }
      default ->
          "insert into "
              + sql()
              + " ("
              + columns.stream().map(RandomColumn::sql).collect(Collectors.joining(", "))
              + ") values ("
              + columns.stream().map(c -> value(c, random)).collect(Collectors.joining(", "))
              + ") on conflict do nothing";
    };
  }

  private String value(RandomColumn column, Random random) {
    return column.equals(columns.get(0))
        ? Integer.toString(number(random))
        : column.literal(random);
  }

  /** For the first column; seldom one that no partition takes. */
  private int number(Random random) {
    if (!isPartitioned() || partitions.isEmpty() || random.nextInt(20) == 0) {
      return random.nextInt(NUMBERS);
    }
    var ranges = List.copyOf(partitions.keySet());
    return ranges.get(random.nextInt(ranges.size())) * RANGE + random.nextInt(RANGE);
  }
}
