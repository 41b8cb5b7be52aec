package io.kreplica.sink.apply;

import io.kreplica.record.TableName;
import io.kreplica.sink.change.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Remembers in {@code replica.slave_table}, until they are copied again, of which tables rows are
 * dropped or changed on their way to the slave: these cannot be as the master's are, and are not
 * verified. Used by the task's thread only.
 */
final class AlteredTables {

  private final Map<TableName, String> seen = new LinkedHashMap<>();
  private final Set<TableName> known = new HashSet<>();
  private final Findings findings;

  AlteredTables(Findings findings) {
    this.findings = findings;
  }

  /** Takes note of a change that says it of a table, or that begins its copy. */
  void see(Change change) {
    if (change instanceof Change.Altered altered && !known.contains(altered.table())) {
      seen.putIfAbsent(altered.table(), altered.why());
    } else if (change instanceof Change.CopyBegun begun) {
      seen.remove(begun.table());
      known.remove(begun.table());
    }
  }

  /** Why a table that was met is left out, if it is. */
  Optional<String> why(Connection connection, String log, TableName table) throws SQLException {
    if (seen.containsKey(table)) {
      return Optional.of(seen.get(table));
    }
    try (var select =
        connection.prepareStatement(
            "select altered from replica.slave_table where log_id = ? and source_table = ?")) {
      select.setString(1, log);
      select.setString(2, table.toString());
      try (var row = select.executeQuery()) {
        return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
      }
    }
  }

  /**
   * Writes what was seen of tables that are here; of others nothing was to be expected.
   *
   * @return whether there was any
   */
  boolean write(Connection connection, String log) throws SQLException {
    var isAny = false;
    for (var entry : seen.entrySet()) {
      try (var update =
          connection.prepareStatement(
              "update replica.slave_table set altered = coalesce(altered, ?)"
                  + " where log_id = ? and source_table = ?")) {
        update.setString(1, entry.getValue());
        update.setString(2, log);
        update.setString(3, entry.getKey().toString());
        if (update.executeUpdate() == 1) {
          DifferingRange.forgetAll(connection, log, entry.getKey());
          findings.leftOut(entry.getKey(), entry.getValue());
          known.add(entry.getKey());
          isAny = true;
        }
      }
    }
    seen.clear();
    return isAny;
  }

  void rolledBack() {
    seen.clear();
    known.clear();
  }
}
