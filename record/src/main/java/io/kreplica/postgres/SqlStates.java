package io.kreplica.postgres;

import java.sql.SQLException;

/**
 * What an SQLSTATE means for a connector: wait and try again, or stop and call a person. Codes are
 * those of the PostgreSQL manual's appendix "PostgreSQL Error Codes".
 */
public final class SqlStates {

  public static final String UNDEFINED_COLUMN = "42703";
  public static final String UNDEFINED_FUNCTION = "42883";
  public static final String UNDEFINED_TABLE = "42P01";
  public static final String INVALID_SCHEMA = "3F000";
  public static final String INSUFFICIENT_PRIVILEGE = "42501";
  public static final String DEADLOCK = "40P01";
  public static final String UNIQUE_VIOLATION = "23505";
  public static final String EXCLUSION_VIOLATION = "23P01";

  private SqlStates() {}

  /**
   * Whether the failure passes by itself: connection lost or refused (08), serialization failure
   * and deadlock (40001, 40P01), out of resources (53), lock not available (55P03), shut down,
   * starting or terminated (57P), or an I/O failure that pgjdbc wraps without a state.
   */
  public static boolean isOutage(SQLException e) {
    if (e instanceof RefusedSessionException) {
      return false;
    }
    var state = e.getSQLState();
    if (state == null) {
      return e.getCause() instanceof java.io.IOException;
    }
    return state.startsWith("08")
        || state.startsWith("53")
        || state.startsWith("57P")
        || state.equals("40001")
        || state.equals(DEADLOCK)
        || state.equals("55P03");
  }

  /** Whether no connection to the server could be had, or it broke. */
  public static boolean isConnectionLost(SQLException e) {
    if (e instanceof RefusedSessionException) {
      return false;
    }
    var state = e.getSQLState();
    return state == null ? e.getCause() instanceof java.io.IOException : state.startsWith("08");
  }

  /** Whether the failure carries the given state. */
  public static boolean is(SQLException e, String state) {
    return state.equals(e.getSQLState());
  }
}
