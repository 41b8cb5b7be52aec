package io.kreplica.sink.apply;

import java.util.Locale;

/** What becomes of a change that finds another row on the slave than the master had. */
public enum ConflictMode {
  /** The master's row is written; nobody looks at what was there. */
  OVERWRITE,
  /** The master's row is written, and the conflict is logged and counted. */
  WARN,
  /** Nothing is written, and the task stops. */
  FAIL;

  /** The mode of a setting's value. */
  public static ConflictMode of(String value) {
    return valueOf(value.toUpperCase(Locale.ROOT));
  }

  /** Whether what is there is looked at. */
  public boolean isWatching() {
    return this != OVERWRITE;
  }

  /** The setting's value. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
