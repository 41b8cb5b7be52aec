package io.kreplica.sink.change;

import java.util.regex.Pattern;

/**
 * The form of a type's name as PostgreSQL's {@code format_type} writes it: {@code numeric(10,2)},
 * {@code timestamp(3) with time zone}, {@code shop."Mood"[]}. What is of this form and stands where
 * a statement has a type is a type's name and nothing else: no default, no constraint, no other
 * statement.
 */
final class TypeName {

  private static final String NAME = "(?:[\\p{L}_][\\p{L}\\p{N}_$]*|\"(?:[^\"\\x00]|\"\")+\")";

  /** Types' own arguments: numbers, or words as of geometries. */
  private static final String ARGUMENTS =
      "(?:\\((?:-?\\d+|" + NAME + ")(?:,(?:-?\\d+|" + NAME + "))*\\))?";

  private static final String INTERVAL_FIELDS =
      "(?: (?:year|month|day|hour|minute|second)(?: to (?:month|hour|minute|second))?)?";

  private static final Pattern FORM =
      Pattern.compile(
          "(?:double precision"
              + "|(?:character|bit) varying(?:\\(\\d+\\))?"
              + "|(?:time|timestamp)(?:\\(\\d+\\))? with(?:out)? time zone"
              + "|interval"
              + INTERVAL_FIELDS
              + "(?:\\(\\d+\\))?"
              + "|"
              + NAME
              + "(?:\\."
              + NAME
              + ")?"
              + ARGUMENTS
              + ")(?:\\[\\])?");

  private TypeName() {}

  static boolean isOne(String text) {
    return FORM.matcher(text).matches();
  }
}
