package io.kreplica.random;

import io.kreplica.postgres.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * A random table. Each has a column {@code n} of small numbers, by which statements and triggers
 * find rows.
 *
 * @param name its name, unquoted
 * @param columns what statements write; identity and generated columns are not among them
 * @param key the columns of its key
 * @param definition DDL that creates it, partitions and indexes too
 * @param keyIndex the index to track it by, if not by its primary key; else empty
 * @param partitions names of its partitions of every level, unquoted
 */
record RandomTable(
    String name,
    List<RandomColumn> columns,
    List<RandomColumn> key,
    List<String> definition,
    String keyIndex,
    List<String> partitions) {

  RandomTable {
    columns = List.copyOf(columns);
    key = List.copyOf(key);
    definition = List.copyOf(definition);
    partitions = List.copyOf(partitions);
  }

  /** A table of a primary key that is not partitioned. */
  static RandomTable plain(String name, List<RandomColumn> columns, List<RandomColumn> key) {
    return new RandomTable(name, columns, key, List.of(), "", List.of());
  }

  /** The same with other DDL. */
  RandomTable definedBy(List<String> ddl, String index, List<String> names) {
    return new RandomTable(name, columns, key, ddl, index, names);
  }

  /** One of its partitions, to be addressed by itself. */
  RandomTable partition(Random random) {
    var partition = partitions.get(random.nextInt(partitions.size()));
    return RandomTable.plain(partition, columns, key);
  }

  boolean isPartitioned() {
    return !partitions.isEmpty();
  }

  String sql() {
    return Identifiers.quote(name);
  }

  /** Whether a number that statements may count up is in its key. */
  boolean hasNumberKey() {
    return key.stream().anyMatch(column -> column.kind() == ValueKind.KEY);
  }

  /** Whether foreign keys may refer to it by a number. */
  boolean isReferable() {
    return hasNumberKey() && key.size() == 1 && keyIndex.isEmpty();
  }

  RandomColumn column(Random random) {
    return columns.get(random.nextInt(columns.size()));
  }

  String columnList() {
    return names(columns, "");
  }

  String keyList() {
    return names(key, "");
  }

  /** Names of columns, behind a prefix, joined by commas. */
  static String names(List<RandomColumn> columns, String prefix) {
    return columns.stream().map(c -> prefix + c.sql()).collect(Collectors.joining(", "));
  }

  /** A new row as the inside of VALUES. */
  String row(Random random) {
    return columns.stream().map(c -> c.literal(random)).collect(Collectors.joining(", "));
  }

  /** Some of its rows. */
  String condition(Random random) {
    var n = random.nextInt(ValueKind.SMALL_BOUND);
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> "n = " + n;
      case 3, 4 -> "n between " + n + " and " + (n + random.nextInt(8));
      case 5, 6, 7 -> {
        var parts = new ArrayList<String>();
        for (var column : key) {
          parts.add(column.sql() + " = " + column.literal(random));
        }
        yield String.join(" and ", parts);
      }
      case 8 -> {
        var column = key.get(0);
        yield column.sql()
            + " in ("
            + random.ints(6).mapToObj(i -> column.literal(random)).collect(Collectors.joining(", "))
            + ")";
      }
      case 9 -> "n % 3 = " + n % 3;
      case 10 -> "n < 0";
      default -> random.nextInt(3) == 0 ? "true" : "n > " + n;
    };
  }
}
