package io.kreplica.source;

import java.util.Locale;

/** Whether the source copies the tables' present rows. */
enum SnapshotMode {
  /** Every tracked table at the first start, and each newly tracked one. */
  INITIAL,
  /** Only tables that somebody asks for with {@code replica.copy()}. */
  NEVER;

  static SnapshotMode of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
