package io.kreplica;

import io.kreplica.stack.PostgresVersion;

/** Where a {@link StatementTrial} takes place: on which server, and how its tables are captured. */
enum TrialStage {
  OLDEST_BY_STATEMENT(PostgresVersion.OLDEST, false),
  NEWEST_BY_STATEMENT(PostgresVersion.NEWEST, false),
  NEWEST_BY_ROW(PostgresVersion.NEWEST, true);

  private final PostgresVersion version;
  private final boolean byRow;

  TrialStage(PostgresVersion version, boolean byRow) {
    this.version = version;
    this.byRow = byRow;
  }

  PostgresVersion version() {
    return version;
  }

  /** Whether the row form captures every table, with the row before each change. */
  boolean byRow() {
    return byRow;
  }
}
