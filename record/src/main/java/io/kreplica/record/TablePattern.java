package io.kreplica.record;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Names one table or many: {@code schema.table}, in which {@code *} stands for any characters.
 *
 * @param text the pattern as it was given
 * @param schema matches the schema's name
 * @param table matches the table's name
 */
public record TablePattern(String text, Pattern schema, Pattern table) {

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException if it is not of the form schema.table
   */
  public static TablePattern parse(String text) {
    var name = TableName.parse(text.strip());
    return new TablePattern(text.strip(), glob(name.schema()), glob(name.table()));
  }

  private static Pattern glob(String text) {
    return Pattern.compile(
        Stream.of(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
        Pattern.DOTALL);
  }

  /** Whether it names one table. */
  public boolean isExact() {
    return !text.contains("*");
  }

  /** Whether a table is one of those that it names. */
  public boolean matches(TableName name) {
    return schema.matcher(name.schema()).matches() && table.matcher(name.table()).matches();
  }
}
