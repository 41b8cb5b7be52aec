package io.kreplica.random;

import io.kreplica.postgres.Identifiers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Cuts a table into partitions, some of them into more, some of other columns' order. */
final class RandomPartitions {

  private final Random random;
  private final RandomTable table;
  private final String more;
  private final int number;
  private final List<String> definition = new ArrayList<>();
  private final List<String> names = new ArrayList<>();

  /**
   * Prepares to cut a table.
   *
   * @param more what the table has beside its columns, behind a comma
   * @param number makes the partitions' names unique
   */
  RandomPartitions(Random random, RandomTable table, String more, int number) {
    this.random = random;
    this.table = table;
    this.more = more;
    this.number = number;
  }

  /** The table with its partitions, given the DDL of what it would be without. */
  RandomTable of(String create) {
    var byN = table.key().stream().anyMatch(column -> column.name().equals("n"));
    var key = table.key().get(0);
    var root = table.sql();
    if (byN) {
      definition.add(create + " partition by range (n)");
      add(root, "1", "for values from (minvalue) to (9)", "");
      add(root, "2", "for values from (9) to (20)", " partition by range (n)");
      add(name("2"), "2 a", "for values from (9) to (12)", "");
      add(name("2"), "2 b", "default", "");
      add(root, "3", "default", "");
    } else if (key.kind().isHashable()) {
      var byHash = " partition by hash (" + key.sql() + ")";
      definition.add(create + byHash);
      add(root, "1", "for values with (modulus 3, remainder 0)", "");
      add(root, "2", "for values with (modulus 3, remainder 1)", "");
      add(root, "3", "for values with (modulus 3, remainder 2)", byHash);
      add(name("3"), "3 a", "for values with (modulus 6, remainder 2)", "");
      add(name("3"), "3 b", "for values with (modulus 6, remainder 5)", "");
    } else {
      definition.add(create + " partition by list (" + key.sql() + ")");
      add(root, "1", "for values in ('')", "");
      add(root, "2", "default", "");
    }
    return table.definedBy(definition, "", names);
  }

  private String name(String part) {
    return Identifiers.quote("part " + number + "." + part);
  }

  private void add(String parent, String part, String bounds, String scheme) {
    names.add("part " + number + "." + part);
    if (random.nextInt(3) > 0) {
      definition.add(
          "create table " + name(part) + " partition of " + parent + " " + bounds + scheme);
      return;
    }
    // Born outside, its columns in another order, and one of them dropped.
    var columns =
        table.columns().stream()
            .map(c -> new RandomColumn(c.name(), c.kind(), c.required(), ""))
            .map(RandomColumn::ddl)
            .collect(Collectors.toCollection(ArrayList::new));
    columns.add("junk int");
    Collections.shuffle(columns, random);
    definition.add(
        "create table " + name(part) + " (" + String.join(", ", columns) + more + ")" + scheme);
    definition.add("alter table " + name(part) + " drop column junk");
    definition.add("alter table " + parent + " attach partition " + name(part) + " " + bounds);
  }
}
