package io.kreplica.random;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Makes tables: plain, partitioned, inherited, by all kinds of keys. */
final class RandomTables {

  /** What a table is like, as often as it is to come. */
  private enum Form {
    NUMBERED,
    NUMBERED_TOO,
    PAIRED,
    KEYED,
    INDEXED,
    PARTITIONED_BY_NUMBER,
    PARTITIONED_BY_NUMBER_TOO,
    PARTITIONED_BY_KEY,
    HEIR;

    boolean isPartitioned() {
      return name().startsWith("PARTITIONED");
    }

    boolean isNumbered() {
      return name().contains("NUMBER");
    }
  }

  private static final String SERIAL = "serial_no bigint generated always as identity";

  private final Random random;
  private final List<RandomTable> referable = new ArrayList<>();
  private int number;

  RandomTables(Random random) {
    this.random = random;
  }

  RandomTable next(String name) {
    number++;
    var form = number == 1 ? Form.NUMBERED : Form.values()[random.nextInt(Form.values().length)];
    var table = form == Form.HEIR ? heir(name) : table(name, form);
    if (table.isReferable()) {
      referable.add(table);
    }
    return table;
  }

  private RandomTable table(String name, Form form) {
    var key = key(form);
    var n = new RandomColumn("n", ValueKind.SMALL, true, "default 0");
    if (form.isPartitioned() && random.nextInt(3) > 0) {
      key.add(n);
    }
    var columns = new ArrayList<>(key);
    if (!columns.contains(n)) {
      columns.add(n);
    }
    var more = addPayload(columns, form.isPartitioned());
    // Columns of a key do not stand together, nor first.
    Collections.shuffle(columns, random);
    var table = RandomTable.plain(name, columns, key);
    var definition = new ArrayList<String>();
    definition.add(
        "create table "
            + table.sql()
            + " ("
            + columns.stream().map(RandomColumn::ddl).collect(Collectors.joining(", "))
            + (form == Form.INDEXED ? "" : ", primary key (" + table.keyList() + ")")
            + more
            + ")");
    if (form.isPartitioned()) {
      return new RandomPartitions(random, table, more, number).of(definition.get(0));
    }
    if (form == Form.INDEXED) {
      var index = "key_" + number;
      definition.add(
          "create unique index " + index + " on " + table.sql() + " (" + table.keyList() + ")");
      return table.definedBy(definition, index, List.of());
    }
    return table.definedBy(definition, "", List.of());
  }

  private List<RandomColumn> key(Form form) {
    var key = new ArrayList<RandomColumn>();
    if (form.isNumbered()) {
      key.add(new RandomColumn("id", ValueKind.KEY, true, ""));
    } else {
      for (var i = form == Form.PAIRED ? 2 : 1; i > 0; i--) {
        var kind = ValueKind.KEYS.get(random.nextInt(ValueKind.KEYS.size()));
        key.add(new RandomColumn("Key " + i, kind, true, ""));
      }
    }
    return key;
  }

  /** Adds what is not the key; returns what else belongs to the table. */
  private String addPayload(List<RandomColumn> columns, boolean isPartitioned) {
    for (var i = 1 + random.nextInt(4); i > 0; i--) {
      var kind = ValueKind.PAYLOADS.get(random.nextInt(ValueKind.PAYLOADS.size()));
      columns.add(new RandomColumn("c" + i, kind, random.nextInt(6) == 0, ""));
    }
    var more = new StringBuilder();
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
      more.append(", exclude using gist (slot with &&)");
    }
    if (random.nextInt(4) == 0) {
      more.append(", doubled int generated always as (n * 2) stored");
    }
    if (!isPartitioned && random.nextInt(5) == 0) {
      more.append(", ").append(SERIAL);
    }
    if (!referable.isEmpty() && random.nextInt(2) == 0) {
      for (var i = 1 + random.nextInt(2); i > 0; i--) {
        columns.add(new RandomColumn("ref" + i, ValueKind.REFERENCE, false, reference()));
      }
    }
    return more.toString();
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

  /** Inherits columns, but for identity: neither that nor keys are handed down. */
  private RandomTable heir(String name) {
    var parents = referable.stream().filter(table -> !table.isPartitioned()).toList();
    var parent = parents.get(random.nextInt(parents.size()));
    var own = new RandomColumn("own " + number, ValueKind.TEXT, false, "");
    var columns = new ArrayList<>(parent.columns());
    columns.add(own);
    var table = RandomTable.plain(name, columns, parent.key());
    var hasSerial = parent.definition().get(0).contains(SERIAL);
    return table.definedBy(
        List.of(
            "create table "
                + table.sql()
                + " ("
                + own.ddl()
                + (hasSerial ? ", " + SERIAL : "")
                + ", primary key ("
                + table.keyList()
                + ")) inherits ("
                + parent.sql()
                + ")"),
        "",
        List.of());
  }
}
