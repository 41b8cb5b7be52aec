package io.kreplica.random;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

/** Makes statements on a random schema; many of them fail, as in life. */
final class RandomStatements {

  private final Random random;
  private final RandomSchema schema;
  private final int version;

  /**
   * Prepares to make statements.
   *
   * @param version the server's major version
   */
  RandomStatements(Random random, RandomSchema schema, int version) {
    this.random = random;
    this.schema = schema;
    this.version = version;
  }

  /** The next one. */
  RandomStatement next() {
    var table = anyTable();
    var t = table.sql();
    return switch (random.nextInt(34)) {
      case 0, 1, 2, 3 -> RandomStatement.of(insert(table));
      case 4, 5, 6 -> RandomStatement.of(insert(table) + onConflict(table));
      case 7, 8, 9, 10 -> RandomStatement.of(update(table));
      case 11, 12, 13 -> RandomStatement.of(rekey(table));
      case 14, 15, 16 ->
          RandomStatement.of("delete from " + t + " where " + table.condition(random));
      case 17 -> copy(table);
      case 18 -> RandomStatement.of(truncate(table));
      case 19, 20 -> RandomStatement.of(with(table));
      case 21, 22 -> RandomStatement.of(merge(table));
      case 23, 24 -> RandomStatement.of(calling(table));
      case 25 -> RandomStatement.of(block(table));
      case 26 -> RandomStatement.of(throughView());
      case 27 -> RandomStatement.of(ofOneTable(table));
      case 28 ->
          RandomStatement.of(
              "update "
                  + t
                  + " set n = s.v from (values ("
                  + small()
                  + ", "
                  + small()
                  + "), ("
                  + small()
                  + ", "
                  + small()
                  + ")) s(k, v) where n = s.k");
      case 29 ->
          RandomStatement.of(
              "delete from "
                  + t
                  + " using "
                  + anyTable().sql()
                  + " o where "
                  + t
                  + ".n = o.n and o.n = "
                  + small()
                  + " returning *");
      case 30 ->
          RandomStatement.of(
              "insert into "
                  + t
                  + " ("
                  + table.columnList()
                  + ") select "
                  + selected(table, "")
                  + " from "
                  + t
                  + " where "
                  + table.condition(random)
                  + " on conflict do nothing");
      case 31 ->
          RandomStatement.of(
              "set constraints all " + (random.nextBoolean() ? "immediate" : "deferred"));
      case 32 -> RandomStatement.of(swap(table));
      default -> RandomStatement.of(chain(table));
    };
  }

  private RandomTable anyTable() {
    return schema.any(random);
  }

  private String small() {
    return Integer.toString(random.nextInt(ValueKind.SMALL_BOUND));
  }

  private String insert(RandomTable table) {
    return "insert into " + table.sql() + " (" + table.columnList() + ") values " + rows(table);
  }

  private String rows(RandomTable table) {
    var rows = new ArrayList<String>();
    for (var i = random.nextInt(6); i >= 0; i--) {
      rows.add("(" + table.row(random) + ")");
    }
    return String.join(", ", rows);
  }

  private String onConflict(RandomTable table) {
    if (random.nextInt(3) == 0) {
      return " on conflict do nothing";
    }
    return " on conflict ("
        + table.keyList()
        + ") do update set "
        + assignments(table, "excluded.");
  }

  /** Sets of random columns, sometimes those of the key. */
  private String assignments(RandomTable table, String from) {
    var set = new ArrayList<String>();
    var taken = new ArrayList<RandomColumn>();
    for (var i = random.nextInt(3); i >= 0; i--) {
      var column = table.column(random);
      if (taken.contains(column) || (table.key().contains(column) && random.nextInt(4) > 0)) {
        continue;
      }
      taken.add(column);
      set.add(
          column.sql()
              + " = "
              + (!from.isEmpty() && random.nextBoolean()
                  ? from + column.sql()
                  : column.literal(random)));
    }
    return set.isEmpty() ? "n = " + small() : String.join(", ", set);
  }

  private String update(RandomTable table) {
    return "update "
        + table.sql()
        + " set "
        + assignments(table, "")
        + " where "
        + table.condition(random);
  }

  private String rekey(RandomTable table) {
    if (table.hasNumberKey() && random.nextInt(3) > 0) {
      var by = random.nextInt(4) == 0 ? 100 : 1 + random.nextInt(2);
      return "update "
          + table.sql()
          + " set id = id "
          + (random.nextBoolean() ? "+ " : "- ")
          + by
          + " where "
          + table.condition(random);
    }
    var column = table.key().get(random.nextInt(table.key().size()));
    return "update "
        + table.sql()
        + " set "
        + column.sql()
        + " = "
        + column.literal(random)
        + " where "
        + table.condition(random);
  }

  private RandomStatement copy(RandomTable table) {
    var lines = new StringBuilder();
    for (var i = random.nextInt(9); i >= 0; i--) {
      lines
          .append(
              table.columns().stream()
                  .map(column -> column.value(random))
                  .map(value -> value == null ? "" : '"' + value.replace("\"", "\"\"") + '"')
                  .collect(Collectors.joining(",")))
          .append('\n');
    }
    return new RandomStatement(
        "copy " + table.sql() + " (" + table.columnList() + ") from stdin (format csv)",
        Optional.of(lines.toString()));
  }

  /** What spares heirs; of a partitioned table it does nothing. */
  private String ofOneTable(RandomTable table) {
    var only = "only " + table.sql();
    var where = " where " + table.condition(random);
    return switch (random.nextInt(4)) {
      case 0 -> "delete from " + only + where;
      case 1 -> "update " + only + " set n = n" + where;
      default -> "update " + only + " set " + assignments(table, "") + where;
    };
  }

  private String truncate(RandomTable table) {
    return switch (random.nextInt(6)) {
      case 0 ->
          "truncate "
              + (table.isPartitioned() || random.nextInt(4) > 0 ? "" : "only ")
              + table.sql();
      case 1 -> "truncate " + table.sql() + " cascade";
      case 2 -> "truncate audit restart identity";
      case 3 -> "truncate " + table.sql() + ", " + anyTable().sql() + " restart identity cascade";
      default -> "delete from " + table.sql() + " where n > 20";
    };
  }

  private String selected(RandomTable table, String changed) {
    return table.columns().stream()
        .map(
            column ->
                table.key().contains(column) && changed.isEmpty() && random.nextBoolean()
                    ? column.literal(random)
                    : column.sql())
        .collect(Collectors.joining(", "));
  }

  private String with(RandomTable table) {
    var t = table.sql();
    var columns = table.columnList();
    return switch (random.nextInt(5)) {
      case 0 ->
          "with gone as (delete from "
              + t
              + " where "
              + table.condition(random)
              + " returning *)"
              + " insert into "
              + t
              + " ("
              + columns
              + ") select "
              + selected(table, "same")
              + " from gone limit "
              + random.nextInt(4);
      case 1 ->
          "with gone as (delete from "
              + t
              + " where "
              + table.condition(random)
              + " returning *)"
              + " insert into "
              + t
              + " ("
              + columns
              + ") select "
              + selected(table, "")
              + " from gone";
      case 2 -> {
        var other = anyTable();
        yield "with a as ("
            + update(other)
            + " returning n), b as ("
            + insert(table)
            + " on conflict do nothing returning n) delete from "
            + other.sql()
            + " where n = 30 - (select count(*) from b)";
      }
      case 3 ->
          "with moved as (update "
              + t
              + " set n = (n + 4) % 31 where "
              + table.condition(random)
              + " returning *) select count(*) from moved";
      default -> {
        var other = anyTable();
        yield "with a as ("
            + update(table)
            + "), b as (delete from "
            + other.sql()
            + " where "
            + other.condition(random)
            + ") "
            + update(anyTable());
      }
    };
  }

  private String merge(RandomTable table) {
    if (version < 15) {
      return update(table);
    }
    var match =
        table.key().stream()
            .map(c -> "t." + c.sql() + " = s." + c.sql())
            .collect(Collectors.joining(" and "));
    return "merge into "
        + table.sql()
        + " t using (values "
        + rows(table)
        + ") s("
        + table.columnList()
        + ") on "
        + match
        + (random.nextBoolean() ? " when matched and t.n % 3 = 0 then delete" : "")
        + " when matched then update set "
        + assignments(table, "s.")
        + (version >= 17 && random.nextInt(5) == 0
            ? " when not matched by source and t.n = " + small() + " then delete"
            : "")
        + " when not matched then insert ("
        + table.columnList()
        + ") values ("
        + (random.nextInt(3) == 0 ? table.row(random) : RandomTable.names(table.columns(), "s."))
        + ")";
  }

  private String calling(RandomTable table) {
    var function = schema.functions().get(random.nextInt(schema.functions().size()));
    return switch (random.nextInt(4)) {
      case 0 -> "select " + function + "(i) from generate_series(1, 4) i";
      case 1 ->
          "insert into "
              + table.sql()
              + " ("
              + table.columnList()
              + ") select "
              + selected(table, "").replace("\"n\"", function + "(n)")
              + " from "
              + table.sql()
              + " where "
              + table.condition(random)
              + " on conflict do nothing";
      case 2 ->
          "delete from "
              + table.sql()
              + " where "
              + table.condition(random)
              + " and "
              + function
              + "(n) < 25";
      default ->
          "update " + table.sql() + " set n = " + function + "(n) where " + table.condition(random);
    };
  }

  private String block(RandomTable table) {
    var lines = new ArrayList<String>();
    for (var i = random.nextInt(3); i >= 0; i--) {
      lines.add(
          " begin "
              + simple(anyTable())
              + "; "
              + update(table)
              + "; exception when others then null; end;");
    }
    return "do $block$ begin for i in 1.."
        + (1 + random.nextInt(2))
        + " loop"
        + String.join("", lines)
        + " end loop; end $block$";
  }

  private String simple(RandomTable table) {
    return switch (random.nextInt(5)) {
      case 0 -> insert(table) + onConflict(table);
      case 1 -> rekey(table);
      case 2 -> "delete from " + table.sql() + " where " + table.condition(random);
      case 3 ->
          with(table).replace("select count(*) from moved", "update audit set what = 'moved'");
      default -> insert(table);
    };
  }

  private String throughView() {
    var view = schema.views().get(random.nextInt(schema.views().size()));
    return switch (random.nextInt(3)) {
      case 0 -> "delete from " + view + " where n = " + small();
      case 1 -> "update " + view + " set n = " + small() + " where n = " + small();
      default -> "update " + view + " set n = (n + 1) % 31 where n < " + small();
    };
  }

  /** Values of a unique column, or keys, that two rows exchange through a third. */
  private String swap(RandomTable table) {
    var column = table.columns().stream().filter(c -> c.kind() == ValueKind.UNIQUE).findFirst();
    var name = column.map(RandomColumn::sql).orElse(table.hasNumberKey() ? "\"id\"" : "n");
    var a = 1 + random.nextInt(45);
    var b = 1 + random.nextInt(45);
    var t = table.sql();
    return "do $$ begin update "
        + t
        + " set "
        + name
        + " = -7 where "
        + name
        + " = "
        + a
        + "; update "
        + t
        + " set "
        + name
        + " = "
        + a
        + " where "
        + name
        + " = "
        + b
        + "; update "
        + t
        + " set "
        + name
        + " = "
        + b
        + " where "
        + name
        + " = -7; end $$";
  }

  private String chain(RandomTable table) {
    if (!table.hasNumberKey()) {
      return update(table);
    }
    var t = table.sql();
    var steps = new ArrayList<String>(List.of());
    for (var i = 3 + random.nextInt(40); steps.size() < 4; i--) {
      steps.add("update " + t + " set id = " + (i + 1) + " where id = " + i + ";");
    }
    return "do $$ begin " + String.join(" ", steps) + " end $$";
  }
}
