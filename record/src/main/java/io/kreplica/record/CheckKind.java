package io.kreplica.record;

import java.util.Locale;

/** Why a range of a table's keys is looked at. */
public enum CheckKind {
  /** Somebody asked to have it repaired. */
  REPAIR,
  /** Somebody asked to have it verified. */
  VERIFY,
  /** All tables are verified at intervals. */
  INTERVAL;

  /** Its name in the master's requests and on the topic. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The kind of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static CheckKind of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
