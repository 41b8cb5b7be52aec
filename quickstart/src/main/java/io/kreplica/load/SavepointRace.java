package io.kreplica.load;

import java.sql.SQLException;

/**
 * An error that PostgreSQL makes of a race of its own, with or without triggers, rarely and on busy
 * machines only. A transaction that rolls back to a savepoint is for a moment recorded as aborted
 * and still listed as running. Whoever updates a row in that moment that it had updated, and that
 * somebody else had locked for a foreign key, is told of two updating members, and may try again.
 */
public final class SavepointRace {

  private static final String INTERNAL_ERROR = "XX000";

  /** Internal messages are not translated. */
  private static final String MESSAGE = "new multixact has more than one updating member";

  private SavepointRace() {}

  /** Whether a statement failed for that reason alone; its transaction is to be rolled back. */
  public static boolean isMetBy(SQLException e) {
    return INTERNAL_ERROR.equals(e.getSQLState()) && e.getMessage().contains(MESSAGE);
  }
}
