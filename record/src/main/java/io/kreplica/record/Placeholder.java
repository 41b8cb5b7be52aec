package io.kreplica.record;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What stands in a row where a value was too large for the record, so that a consumer that knows
 * nothing of parts sees what it is: {@code (photo: 123456789 characters, in 240 parts before this
 * record)}.
 *
 * @param column the column
 * @param characters the length of the value's text in UTF-16 units
 * @param parts how many parts it travels in
 */
public record Placeholder(String column, long characters, int parts) {

  private static final Pattern FORM =
      Pattern.compile(
          "\\((.+): ([0-9]{1,18}) characters, in ([0-9]{1,9}) parts before this record\\)",
          Pattern.DOTALL);

  /** No placeholder is longer than this and its column's name. */
  public static final int LONGEST = 80;

  /** Reads a value; empty if it is something else than a placeholder. */
  public static Optional<Placeholder> parse(String value) {
    if (value == null || !value.startsWith("(") || !value.endsWith(" parts before this record)")) {
      return Optional.empty();
    }
    var matcher = FORM.matcher(value);
    return matcher.matches()
        ? Optional.of(
            new Placeholder(
                matcher.group(1),
                Long.parseLong(matcher.group(2)),
                Integer.parseInt(matcher.group(3))))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return "("
        + column
        + ": "
        + characters
        + " characters, in "
        + parts
        + " parts before this record)";
  }
}
