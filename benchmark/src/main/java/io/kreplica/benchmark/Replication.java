package io.kreplica.benchmark;

import java.sql.SQLException;
import java.util.List;

/** A way for the rows of a laboratory's master to its slave. */
interface Replication extends AutoCloseable {

  /** Prepares both databases, which are empty. */
  void install() throws SQLException;

  /** From now on these tables' rows are to be replicated. */
  void track(List<String> tables) throws SQLException;

  /** Starts it, and waits until the slave has what the tables held before. */
  void start() throws SQLException;

  /** Stops it, and waits until nothing of it is at work. */
  void stop() throws SQLException;

  /** Starts it again; it does not run yet when this returns. */
  void resume() throws SQLException;

  /**
   * Looks whether it still runs.
   *
   * @throws IllegalStateException if it has failed
   */
  void refuseFailure() throws SQLException;

  /** Takes it out of both databases, and whatever else it left. */
  @Override
  void close() throws SQLException;
}
