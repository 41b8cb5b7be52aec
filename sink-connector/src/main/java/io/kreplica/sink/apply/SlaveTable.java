package io.kreplica.sink.apply;

import io.kreplica.record.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A table of the slave as its catalog describes it. Immutable.
 *
 * @param name its name
 * @param columns its columns by name, in order
 * @param indexes its unique and exclusion indexes, the primary key first
 * @param partitioned whether its rows are those of its partitions
 */
public record SlaveTable(
    TableName name, Map<String, Column> columns, List<Index> indexes, boolean partitioned) {

  /**
   * Its own rows as a DELETE or TRUNCATE names them; rows of tables that inherit are not its own.
   */
  String ownRows() {
    return partitioned ? name.toSql() : "only " + name.toSql();
  }

  /**
   * A column.
   *
   * @param name its name
   * @param type its type as SQL, without length or precision: those must refuse a value, not cut it
   * @param throughText whether an array of the type cannot be unnested value by value (arrays,
   *     composites, types with a delimiter of their own), so that the values pass as text
   * @param generated whether it is computed from others
   * @param identityAlways whether it is GENERATED ALWAYS AS IDENTITY
   * @param equalAsText whether two values are equal only if their texts are
   * @param collation its collation as SQL; null if it has none or the default
   * @param base what its domain is made of, which has operators that the domain may lack; null if
   *     its type is no domain
   * @param roundedTo its type with the scale or precision to which an assignment would round a
   *     value without a word; null if it would not
   */
  public record Column(
      String name,
      String type,
      boolean throughText,
      boolean generated,
      boolean identityAlways,
      boolean equalAsText,
      String collation,
      String base,
      String roundedTo) {}

  /**
   * A unique or exclusion index.
   *
   * @param columns its columns; fewer than it has if some are expressions
   * @param operators the equality operator of each column, as SQL
   * @param key whether it can identify rows: unique, whole, of columns that are not null
   * @param arbiter whether ON CONFLICT can name it: it is checked at once, and the table has no
   *     rules for inserts or updates
   */
  public record Index(List<String> columns, List<String> operators, boolean key, boolean arbiter) {

    boolean covers(Set<String> names) {
      return key && columns.size() == names.size() && names.containsAll(columns);
    }
  }

  /** The key that consists of exactly these columns, if there is one. */
  Optional<Index> keyOf(List<String> names) {
    var wanted = Set.copyOf(names);
    return indexes.stream().filter(index -> index.covers(wanted)).findFirst();
  }

  /** Whether there is any key. */
  public boolean hasKey() {
    return indexes.stream().anyMatch(Index::key);
  }

  /** Whether ON CONFLICT can name these columns. */
  boolean isArbiter(List<String> names) {
    var wanted = Set.copyOf(names);
    return indexes.stream().filter(index -> index.covers(wanted)).allMatch(Index::arbiter);
  }

  /** Whether the table takes an ON CONFLICT that names no index. */
  boolean takesOnConflict() {
    return indexes.stream().allMatch(Index::arbiter);
  }

  /** Whether an index other than that of the key may refuse a row. */
  boolean hasIndexesBeside(Index key) {
    return indexes.stream().anyMatch(index -> !index.equals(key));
  }
}
