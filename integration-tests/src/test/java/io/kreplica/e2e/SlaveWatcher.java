package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.load.ConnectionSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Somebody who reads the slave all the time, each time in one snapshot, and looks whether it could
 * be a state of the master. It takes no offence at a slave that is down.
 */
public final class SlaveWatcher implements AutoCloseable {

  /** Looks at one state of the slave. */
  @FunctionalInterface
  public interface Judge {
    /**
     * What the state shows that no state of the master could: empty if nothing.
     *
     * @param connection in a transaction that sees one snapshot
     */
    String inconsistency(Connection connection) throws SQLException;
  }

  private static final Duration PAUSE = Duration.ofMillis(3);
  private static final Duration DOWN_PAUSE = Duration.ofMillis(100);

  private final ConnectionSource slave;
  private final Judge judge;
  private final Thread thread = new Thread(this::watch, "slave-watcher");
  private final Set<String> states = Collections.synchronizedSet(new LinkedHashSet<>());
  private final Set<String> inconsistencies = Collections.synchronizedSet(new LinkedHashSet<>());
  private volatile boolean stopped;

  private SlaveWatcher(ConnectionSource slave, Judge judge) {
    this.slave = slave;
    this.judge = judge;
  }

  /** Begins to read the slave, and to judge what it shows. */
  public static SlaveWatcher start(ConnectionSource slave, Judge judge) {
    var watcher = new SlaveWatcher(slave, judge);
    watcher.thread.start();
    return watcher;
  }

  private void watch() {
    while (!stopped) {
      try (var connection = slave.open()) {
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        while (!stopped) {
          look(connection);
          LockSupport.parkNanos(PAUSE.toNanos());
        }
      } catch (SQLException e) {
        LockSupport.parkNanos(DOWN_PAUSE.toNanos());
      }
    }
  }

  private void look(Connection connection) throws SQLException {
    var position = position(connection);
    var inconsistency = judge.inconsistency(connection);
    if (!inconsistency.isEmpty()) {
      inconsistencies.add("at " + position + ": " + inconsistency);
    }
    states.add(position);
    connection.commit();
  }

  private static String position(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var result =
            statement.executeQuery("select snapshot::text from replica.replica_position")) {
      return result.next() ? result.getString(1) : "";
    }
  }

  /** How many different states it has seen so far. */
  public int states() {
    return states.size();
  }

  /** Whether it has seen a state that the master never had. */
  boolean hasSeenAnImpossibleState() {
    return !inconsistencies.isEmpty();
  }

  /** Ends, and fails if a state was seen that the master never had, or hardly any state at all. */
  public void assertOnlyStatesOfTheMaster(int leastStates) {
    close();
    assertThat(inconsistencies).as("states of the slave that the master never had").isEmpty();
    assertThat(states()).as("different states seen").isGreaterThanOrEqualTo(leastStates);
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
