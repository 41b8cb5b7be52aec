package io.kreplica.random;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Makes tables: plain, partitioned, inherited, by all kinds of keys. */
final class RandomTables {

  /** So many forms there are; those from 6 on are partitioned or inherit. */
  private static final int FORMS = 6;

  private final Random random;
  private final List<RandomTable> referable = new ArrayList<>();
  private int number;

  RandomTables(Random random) {
    this.random = random;
  }

  RandomTable next(String name) {
    number++;
    var form = number == 1 ? 0 : random.nextInt(FORMS);
    if (form == 8 && !referable.isEmpty()) {
      return heir(name);
    }
    var isPartitioned = form == 6 || form == 7;
    var key = key(form);
    var n = new RandomColumn("n", ValueKind.SMALL, true, "default 0");
    if (isPartitioned && random.nextBoolean()) {
      key.add(n);
    }
    var columns = new ArrayList<>(key);
    if (!columns.contains(n)) {
      columns.add(n);
    }
    var constraints = addPayload(columns, isPartitioned);
    // Columns of a key do not stand together, nor first.
    Collections.shuffle(columns, random);
    var byIndex = !isPartitioned && form == 5;
    var definition = new ArrayList<String>();
    var table = new RandomTable(name, columns, key, List.of(), byIndex ? "key_" + number : "");
    definition.add(
        "create table "
            + table.sql()
            + " ("
            + columns.stream().map(RandomColumn::ddl).collect(Collectors.joining(", "))
            + (byIndex ? "" : ", primary key (" + table.keyList() + ")")
            + constraints
            + ")"
            + (isPartitioned ? " partition by " + scheme(key) : ""));
    if (byIndex) {
      definition.add(
          "create unique index key_"
              + number
              + " on "
              + table.sql()
              + " ("
              + table.keyList()
              + ")");
    }
    if (isPartitioned) {
      addPartitions(table, key.contains(n), definition);
    }
    var made = new RandomTable(name, columns, key, definition, table.keyIndex());
    if (made.hasNumberKey() && !byIndex) {
      referable.add(made);
    }
    return made;
  }

  private List<RandomColumn> key(int form) {
    var key = new ArrayList<RandomColumn>();
    if (form < 3 || form == 6) {
      key.add(new RandomColumn("id", ValueKind.KEY, true, ""));
    } else {
      for (var i = form == 3 ? 2 : 1; i > 0; i--) {
        var kind = ValueKind.KEYS.get(random.nextInt(ValueKind.KEYS.size()));
        key.add(new RandomColumn("Key " + i, kind, true, ""));
      }
    }
    return key;
  }

  /** Adds what is not the key; returns table constraints. */
  private String addPayload(List<RandomColumn> columns, boolean isPartitioned) {
    for (var i = 1 + random.nextInt(4); i > 0; i--) {
      var kind = ValueKind.PAYLOADS.get(random.nextInt(ValueKind.PAYLOADS.size()));
      columns.add(new RandomColumn("c" + i, kind, random.nextInt(6) == 0, ""));
    }
    var constraints = new StringBuilder();
    if (!isPartitioned && random.nextInt(3) == 0) {
      var deferrable = random.nextInt(3);
      columns.add(
          new RandomColumn(
              "uq",
              ValueKind.UNIQUE,
              false,
              "unique"
                  + (deferrable == 0 ? " deferrable" : "")
                  + (deferrable == 1 ? " deferrable initially deferred" : "")));
    }
    if (!isPartitioned && random.nextInt(5) == 0) {
      columns.add(new RandomColumn("slot", ValueKind.SLOT, false, ""));
      constraints.append(", exclude using gist (slot with &&)");
    }
    if (random.nextInt(4) == 0) {
      constraints.append(", doubled int generated always as (n * 2) stored");
    }
    if (!isPartitioned && random.nextInt(5) == 0) {
      constraints.append(", serial_no bigint generated always as identity");
    }
    if (!referable.isEmpty() && random.nextInt(2) == 0) {
      for (var i = 1 + random.nextInt(2); i > 0; i--) {
        columns.add(new RandomColumn("ref" + i, ValueKind.REFERENCE, false, reference()));
      }
    }
    return constraints.toString();
  }

  private String reference() {
    return "references "
        + referable.get(random.nextInt(referable.size())).sql()
        + " on delete "
        + action()
        + " on update "
        + action()
        + (random.nextInt(3) == 0 ? " deferrable initially deferred" : "");
  }

  private String action() {
    return switch (random.nextInt(5)) {
      case 0, 1 -> "cascade";
      case 2 -> "set null";
      case 3 -> "set default";
      default -> "no action";
    };
  }

  private String scheme(List<RandomColumn> key) {
    return key.get(key.size() - 1).name().equals("n")
        ? "range (n)"
        : "hash (" + key.get(0).sql() + ")";
  }

  private void addPartitions(RandomTable table, boolean byN, List<String> definition) {
    if (byN) {
      partition(table, 1, "for values from (minvalue) to (9)", definition);
      partition(table, 2, "for values from (9) to (20) partition by range (n)", definition);
      definition.add(
          "create table part_"
              + number
              + "_2_1 partition of part_"
              + number
              + "_2 for values from (9) to (12)");
      definition.add(
          "create table part_" + number + "_2_2 partition of part_" + number + "_2 default");
      partition(table, 3, "default", definition);
    } else {
      for (var i = 0; i < 3; i++) {
        partition(table, i, "for values with (modulus 3, remainder " + i + ")", definition);
      }
    }
  }

  private void partition(RandomTable table, int i, String bounds, List<String> definition) {
    definition.add(
        "create table part_" + number + "_" + i + " partition of " + table.sql() + " " + bounds);
  }

  private RandomTable heir(String name) {
    var parent = referable.get(random.nextInt(referable.size()));
    var columns = new ArrayList<>(parent.columns());
    var own = new RandomColumn("own", ValueKind.TEXT, false, "");
    columns.add(own);
    var table = new RandomTable(name, columns, parent.key(), List.of(), "");
    return new RandomTable(
        name,
        columns,
        parent.key(),
        List.of(
            "create table "
                + table.sql()
                + " ("
                + own.ddl()
                + ", primary key ("
                + table.keyList()
                + ")) inherits ("
                + parent.sql()
                + ")"),
        "");
  }
}
