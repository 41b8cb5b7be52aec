package io.kreplica.sink.apply;

import io.kreplica.postgres.SqlStates;
import java.sql.SQLException;

/** What of the slave's failures passes by itself. */
public final class Outages {

  /** The slave is a standby for now: during a failover, until it is promoted. */
  private static final String READ_ONLY = "25006";

  private Outages() {}

  /** Whether to wait and try again. */
  public static boolean isOutage(SQLException e) {
    return SqlStates.isOutage(e) || SqlStates.is(e, READ_ONLY);
  }
}
