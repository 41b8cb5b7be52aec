package io.kreplica.random;

import java.util.List;
import java.util.Random;

/** A user's trigger of one of many kinds, some of which change what fired them. */
final class RandomTrigger {

  private static final List<String> NAMES = List.of("!a", "replica_log_k", "zz");

  private RandomTrigger() {}

  /** The statements that create one. */
  static List<String> of(Random random, RandomTable table, RandomTable other, int number) {
    var depth = 2 + random.nextInt(2);
    var guard = "if pg_trigger_depth() >= " + depth + " then return coalesce(new, old); end if; ";
    var t = table.sql();
    return switch (random.nextInt(11)) {
      case 0 ->
          trigger(
              random,
              table,
              number,
              "before insert or update",
              "row",
              "if new.n % 11 = 3 then return null; end if;"
                  + " new.n := (new.n * 7 + 1) % 31; return new;");
      case 1 ->
          trigger(
              random,
              table,
              number,
              "before delete",
              "row",
              guard
                  + ("update " + t + " set n = (n + 1) % 31 where n = old.n + 1;")
                  + " if old.n % 9 = 1 then return null; end if; return old;");
      case 2 ->
          trigger(
              random,
              table,
              number,
              "after insert or update",
              "row",
              guard
                  + ("update " + t + " set n = (n + 1) % 31 where " + same(table, "new") + ";")
                  + " return null;");
      case 3 ->
          trigger(
              random,
              table,
              number,
              "after insert or update",
              "row",
              guard + ("update " + t + " set n = (n + 3) % 31 where n = new.n;") + " return null;");
      case 4 ->
          trigger(
              random,
              table,
              number,
              "after insert or update or delete",
              "row",
              guard
                  + ("update " + other.sql() + " set n = (n + 1) % 31")
                  + " where n = coalesce(new.n, old.n); return null;");
      case 5, 6 ->
          trigger(
              random,
              table,
              number,
              "after delete",
              "row",
              guard
                  + ("if old.n % 3 = 0 then insert into " + t + " (" + table.columnList())
                  + (") values (" + RandomTable.names(table.columns(), "old."))
                  + ") on conflict do nothing; end if; return null;");
      case 7 ->
          trigger(
              random,
              table,
              number,
              "after insert or update",
              "row",
              guard + ("delete from " + t + " where n = new.n + 1; return null;"));
      case 8 ->
          trigger(
              random,
              table,
              number,
              "after insert or update or delete",
              "statement",
              guard
                  + "insert into audit (what) values (tg_op);"
                  + (" update " + t + " set n = (n + 5) % 31 where n = 17; return null;"));
      case 9 ->
          table.hasNumberKey()
              ? trigger(
                  random,
                  table,
                  number,
                  "after update",
                  "row",
                  guard
                      + ("update " + t + " set id = id + 100 where n = new.n and id < 1000;")
                      + " return null;")
              : List.of();
      default -> late(random, table, number);
    };
  }

  /** A condition that finds the row of a record variable. */
  private static String same(RandomTable table, String row) {
    return table.key().stream()
        .map(column -> column.sql() + " = " + row + "." + column.sql())
        .reduce((a, b) -> a + " and " + b)
        .orElseThrow();
  }

  private static List<String> trigger(
      Random random, RandomTable table, int number, String when, String each, String body) {
    var name = NAMES.get(random.nextInt(NAMES.size())) + number;
    return List.of(
        function(number, body),
        "create trigger \""
            + name
            + "\" "
            + when
            + " on "
            + table.sql()
            + " for each "
            + each
            + " execute function trigger_"
            + number
            + "()");
  }

  private static List<String> late(Random random, RandomTable table, int number) {
    return List.of(
        function(
            number,
            "if pg_trigger_depth() < 2 then update "
                + table.sql()
                + " set n = (n + 2) % 31 where n = new.n + 1; insert into audit (what)"
                + " values ('late'); end if; return null;"),
        "create constraint trigger \"late"
            + number
            + "\" after insert or update on "
            + table.sql()
            + (random.nextBoolean() ? " deferrable initially deferred" : " deferrable")
            + " for each row execute function trigger_"
            + number
            + "()");
  }

  private static String function(int number, String body) {
    return "create function trigger_"
        + number
        + "() returns trigger language plpgsql as $$ begin "
        + body
        + " end $$";
  }
}
