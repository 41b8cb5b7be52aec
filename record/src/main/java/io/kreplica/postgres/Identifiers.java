package io.kreplica.postgres;

import java.util.regex.Pattern;

/** Quotes SQL identifiers. Every name that enters an SQL text passes here. */
public final class Identifiers {

  private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_$]*");

  private Identifiers() {}

  /** The identifier in double quotes, those inside doubled. */
  public static String quote(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  /**
   * The identifier as a person would write it: quoted only if it has other than lower-case letters,
   * digits and underscores. For messages and headers; reserved words stay unquoted, so it is not
   * for SQL.
   */
  public static String quoteIfNeeded(String identifier) {
    return PLAIN.matcher(identifier).matches() ? identifier : quote(identifier);
  }
}
