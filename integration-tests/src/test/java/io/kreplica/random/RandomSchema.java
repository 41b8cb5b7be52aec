package io.kreplica.random;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * A random, untidy schema: tables of all kinds, foreign keys between them, user triggers of many
 * kinds, functions that write, views and rules. Made anew by the same {@link Random}.
 */
final class RandomSchema {

  private static final List<String> NAMES =
      List.of("plain", "Odd Name", "quo\"te", "dot.ted", "ünïcode", "user", "percent%s");

  private static final List<String> TYPES =
      List.of(
          "create type pair as (a int, b text)",
          "create type mood as enum ('sad', 'it''s', 'a b')",
          "create domain short_text as text check (length(value) < 9)");

  private final Random random;
  private final List<RandomTable> tables = new ArrayList<>();
  private final List<String> tracking = new ArrayList<>();
  private final List<String> behaviour = new ArrayList<>();
  private final List<String> functions = new ArrayList<>();
  private final List<String> views = new ArrayList<>();

  private RandomSchema(Random random) {
    this.random = random;
  }

  static RandomSchema of(Random random) {
    var schema = new RandomSchema(random);
    var factory = new RandomTables(random);
    var count = 3 + random.nextInt(4);
    for (var i = 0; i < count; i++) {
      schema.tables.add(factory.next(NAMES.get(i)));
    }
    schema.addTracking();
    schema.addFunctions();
    schema.addViews();
    for (var table : schema.tables) {
      for (var i = random.nextInt(4); i > 0; i--) {
        var on = table.isPartitioned() && random.nextInt(3) == 0 ? table.partition(random) : table;
        schema.behaviour.addAll(
            RandomTrigger.of(random, on, schema.anyTable(), schema.behaviour.size()));
      }
    }
    if (random.nextInt(3) == 0) {
      var ruled = schema.anyTable().sql();
      schema.behaviour.add(
          "create rule noted as on update to "
              + ruled
              + " where new.n = 13 do also insert into audit (what) values ('rule ' || old.n)");
    }
    return schema;
  }

  private void addTracking() {
    tracking.add("select replica.track('audit')");
    for (var table : tables) {
      tracking.add(
          "select replica.track('"
              + table.sql().replace("'", "''")
              + "'"
              + (random.nextInt(5) == 0 ? ", old_image => true" : "")
              + (table.keyIndex().isEmpty() ? "" : ", key => '" + table.keyIndex() + "'")
              + ")");
    }
  }

  private void addFunctions() {
    for (var i = 0; i < 3; i++) {
      var name = "write_" + i;
      var target = anyTable().sql();
      var body =
          switch (random.nextInt(3)) {
            case 0 -> "update " + target + " set n = (n + 1) % 31 where n = i % 31;";
            case 1 -> "delete from " + target + " where n = i % 31 and n % 4 = 0;";
            default ->
                "update "
                    + target
                    + " set n = (n + 2) % 31 where n = i % 31 + 1;"
                    + " begin update "
                    + target
                    + " set n = 1 / (i % 3) where n = i % 31 + 2;"
                    + " exception when others then null; end;";
          };
      behaviour.add(
          "create function "
              + name
              + "(i int) returns int language plpgsql as $$ begin "
              + body
              + " return (i + 7) % 31; end $$");
      functions.add(name);
    }
  }

  private void addViews() {
    var viewed = anyTable();
    behaviour.add(
        "create view low as select "
            + viewed.columnList()
            + " from "
            + viewed.sql()
            + " where n < 20"
            + (random.nextBoolean() ? " with check option" : ""));
    views.add("low");
    var hidden = anyTable();
    behaviour.add("create view instead as select * from " + hidden.sql());
    behaviour.add(
        "create function act_instead() returns trigger language plpgsql as $$ begin"
            + (" if tg_op = 'DELETE' then delete from " + hidden.sql() + " where n = old.n + 1;")
            + " return old; end if;"
            + (" update " + hidden.sql() + " set n = new.n where n = old.n;")
            + " insert into audit (what) values ('instead'); return new; end $$");
    behaviour.add(
        "create trigger act_instead instead of insert or update or delete on instead"
            + " for each row execute function act_instead()");
    views.add("instead");
  }

  RandomTable anyTable() {
    return any(random);
  }

  /** A table, or sometimes one of its partitions. */
  RandomTable any(Random chance) {
    var table = tables.get(chance.nextInt(tables.size()));
    return table.isPartitioned() && chance.nextInt(3) == 0 ? table.partition(chance) : table;
  }

  List<RandomTable> tables() {
    return tables;
  }

  List<String> functions() {
    return functions;
  }

  List<String> views() {
    return views;
  }

  /** DDL for both sides: types and tables. */
  List<String> definition() {
    var script = new ArrayList<>(TYPES);
    script.add(
        "create table audit (id bigint generated always as identity primary key, what text)");
    tables.forEach(table -> script.addAll(table.definition()));
    return script;
  }

  /** DDL that makes it alive: triggers, functions, views, rules. */
  List<String> behaviour() {
    return behaviour;
  }

  /** Calls that track every table. */
  List<String> tracking() {
    return tracking;
  }

  /** All of it, to be looked at. */
  String script() {
    var all = new ArrayList<>(definition());
    all.addAll(tracking);
    all.addAll(behaviour);
    return all.stream().map(line -> line + ";").collect(Collectors.joining("\n"));
  }
}
