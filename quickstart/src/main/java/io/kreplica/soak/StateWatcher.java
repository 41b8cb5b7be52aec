package io.kreplica.soak;

import io.kreplica.load.Bank;
import io.kreplica.record.LogPosition;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Somebody who reads the slave all the time, each time in one snapshot, and looks whether it could
 * be a state of the master: the books balance, unless a table is being copied, and the position
 * never goes back. A slave that is down gives no offence. Its thread is its own; it may be asked by
 * any.
 */
final class StateWatcher implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(5);
  private static final Duration DOWN_PAUSE = Duration.ofMillis(200);

  private static final String STATE =
      "select p.snapshot::text, exists (select from replica.slave_status s where s.state <>"
          + " 'complete') from replica.replica_position p";

  private final SoakStand stand;
  private final Thread thread = new Thread(this::watch, "state-watcher");
  private final List<String> offences = new ArrayList<>();
  private volatile Optional<LogPosition> last = Optional.empty();
  private final LongAdder states = new LongAdder();
  private final LongAdder readings = new LongAdder();
  private volatile boolean isStopped;

  private StateWatcher(SoakStand stand) {
    this.stand = stand;
  }

  static StateWatcher start(SoakStand stand) {
    var watcher = new StateWatcher(stand);
    watcher.thread.start();
    return watcher;
  }

  private void watch() {
    while (!isStopped) {
      try (var slave = stand.onSlave()) {
        slave.setAutoCommit(false);
        slave.setReadOnly(true);
        slave.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        while (!isStopped) {
          look(slave);
          slave.commit();
          LockSupport.parkNanos(PAUSE.toNanos());
        }
      } catch (SQLException e) {
        LockSupport.parkNanos(DOWN_PAUSE.toNanos());
      }
    }
  }

  private void look(Connection slave) throws SQLException {
    try (var statement = slave.createStatement();
        var row = statement.executeQuery(STATE)) {
      if (!row.next()) {
        return;
      }
      var position = LogPosition.parse(row.getString(1));
      var totals = Bank.totals(slave);
      readings.increment();
      if (!row.getBoolean(2) && !totals.balance()) {
        offend("torn: at " + position + " the books do not balance: " + totals);
      }
      if (last.isPresent() && !position.containsAll(last.get())) {
        offend("gone back: from " + last.get() + " to " + position);
      }
      if (last.isEmpty() || !last.get().equals(position)) {
        states.increment();
        last = Optional.of(position);
      }
    }
  }

  private synchronized void offend(String what) {
    if (offences.size() < 20) {
      offences.add(what);
    }
  }

  /** How many different states of the slave it has seen. */
  long states() {
    return states.sum();
  }

  /** How often it has read the slave. */
  long readings() {
    return readings.sum();
  }

  /** States that the master never had, the first twenty of them. */
  synchronized List<String> offences() {
    return List.copyOf(offences);
  }

  @Override
  public void close() {
    isStopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
