package io.kreplica.sink.apply;

import io.kreplica.record.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conflicts that were overwritten: counted in {@code replica.slave_table} by the transaction
 * that overwrites them, and said in the worker's log, once it has committed, for each table at most
 * every ten seconds. Used by the task's thread only.
 */
final class ConflictLog {

  private static final Logger LOG = LoggerFactory.getLogger(ConflictLog.class);
  private static final int NAMED_KEYS = 5;

  private final TableMap map;
  private final Totals totals;
  private final Map<TableName, Tally> open = new LinkedHashMap<>();
  private final Announcements<Tally> unsaid;

  ConflictLog(TableMap map, Totals totals, Clock clock) {
    this.map = map;
    this.totals = totals;
    this.unsaid = new Announcements<>(clock, Tally::new);
  }

  /** Conflicts of one table. */
  private static final class Tally {

    private final Map<Conflict, Long> counts = new EnumMap<>(Conflict.class);
    private final List<String> keys = new ArrayList<>();
    private String last = "";

    void add(Conflict conflict, String key) {
      counts.merge(conflict, 1L, Long::sum);
      last = word(conflict) + ": " + key;
      if (keys.size() < NAMED_KEYS) {
        keys.add(last);
      }
    }

    void addAll(Tally other) {
      other.counts.forEach((conflict, count) -> counts.merge(conflict, count, Long::sum));
      other.keys.stream().limit(NAMED_KEYS - keys.size()).forEach(keys::add);
    }

    long total() {
      return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static String word(Conflict conflict) {
      return conflict.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
      return counts.entrySet().stream()
              .map(e -> e.getValue() + " " + word(e.getKey()))
              .collect(Collectors.joining(", "))
          + " ("
          + String.join("; ", keys)
          + (total() > keys.size() ? "; …" : "")
          + ")";
    }
  }

  void note(TableName table, Conflict conflict, String key) {
    open.computeIfAbsent(table, t -> new Tally()).add(conflict, key);
  }

  void count(Connection connection, String log) throws SQLException {
    for (var entry : open.entrySet()) {
      try (var update =
          connection.prepareStatement(
              "update replica.slave_table set conflicts = conflicts + ?,"
                  + " last_conflict_at = clock_timestamp(), last_conflict = ?"
                  + " where log_id = ? and source_table = ?")) {
        update.setLong(1, entry.getValue().total());
        update.setString(2, entry.getValue().last);
        update.setString(3, log);
        update.setString(4, entry.getKey().toString());
        update.executeUpdate();
      }
    }
  }

  void committed() {
    open.forEach(
        (table, tally) -> {
          totals.overwrote(tally.total());
          unsaid.of(table).addAll(tally);
        });
    open.clear();
    unsaid.say(this::say);
  }

  private void say(TableName table, Tally tally) {
    LOG.warn(
        "Overwrote rows of {} that were not as the master's had been: {}",
        map.target(table),
        tally);
  }

  void rolledBack() {
    open.clear();
  }
}
