package io.kreplica.random;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.load.TableDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The states that a master with one session went through, a digest of all tables each, and those
 * that its slave showed, but for tables that were being copied to it. The slave's must be among the
 * master's, in the same order. The master's side and the slave's may be filled by different
 * threads.
 */
final class StateHistory {

  private static final String COPYING =
      "select source_table from replica.slave_table"
          + " where copy_began_at is not null and copy_ended_at is null";

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
    var shown = new ArrayList<>(tables);
    try (var statement = connection.createStatement();
        var copying = statement.executeQuery(COPYING)) {
      while (copying.next()) {
        shown.remove(copying.getString(1));
      }
    }
    slave.add(TableDigest.ofAll(connection, shown));
  }

  /** Asserts that the slave went the master's way; both must be at rest. */
  void check() {
    for (var state : slave) {
      var at = reached;
      while (at < master.size() && !master.get(at).containsAll(state)) {
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
