package io.kreplica.random;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.load.TableDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The states that a master with one session went through, a digest of all tables each, and those
 * that its slave showed. The slave's must be among the master's, in the same order. The master's
 * side and the slave's may be filled by different threads.
 */
final class StateHistory {

  private final List<String> tables;
  private final List<List<TableDigest>> master = new ArrayList<>();
  private final List<List<TableDigest>> slave = new ArrayList<>();
  private int reached;

  StateHistory(List<String> tables) {
    this.tables = List.copyOf(tables);
  }

  void masterIs(Connection connection) throws SQLException {
    master.add(TableDigest.ofAll(connection, tables));
  }

  void slaveIs(Connection connection) throws SQLException {
    slave.add(TableDigest.ofAll(connection, tables));
  }

  /** How many states the slave showed since the last check. */
  int shown() {
    return slave.size();
  }

  /** Asserts that the slave went the master's way; both must be at rest. */
  void check() {
    for (var state : slave) {
      var at = reached;
      while (at < master.size() && !master.get(at).equals(state)) {
        at++;
      }
      assertThat(at)
          .as(
              "the slave shows a state that the master never had after its state %d: %s",
              reached, state)
          .isLessThan(master.size());
      reached = at;
    }
    slave.clear();
  }
}
