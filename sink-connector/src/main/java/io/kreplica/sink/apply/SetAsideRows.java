package io.kreplica.sink.apply;

import io.kreplica.record.TableName;
import io.kreplica.sink.change.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows that transactions set aside had changed, in {@code replica.dead_letter}: written by the
 * transaction that passes them over, and settled by the one that brings a later state of the row.
 * What is not settled there is where the slave differs from its master. Used by the task's thread
 * only.
 */
final class SetAsideRows {

  private static final Logger LOG = LoggerFactory.getLogger(SetAsideRows.class);

  /** So many are looked for among later changes; of more, those beyond stay unsettled. */
  private static final int MOST_WATCHED = 100_000;

  private static final int NAMED = 5;

  /** A row by its key as text; the whole table if the key is empty. */
  private record Place(TableName table, String key) {}

  private final Map<Place, Long> watched = new HashMap<>();
  private final Map<Place, Change.SetAside> aside = new LinkedHashMap<>();
  private final Map<Place, Long> settled = new LinkedHashMap<>();
  private Optional<String> log = Optional.empty();

  /** Reads what an earlier task has set aside, once. */
  void begin(Connection connection, String logId) throws SQLException {
    if (log.isPresent() && log.get().equals(logId)) {
      return;
    }
    watched.clear();
    try (var query =
        connection.prepareStatement(
            "select source_table, row_key, xid::text from replica.dead_letter"
                + " where log_id = ? and settled_at is null limit "
                + MOST_WATCHED)) {
      query.setString(1, logId);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          watched.put(
              new Place(TableName.parse(rows.getString(1)), rows.getString(2)),
              Long.parseUnsignedLong(rows.getString(3)));
        }
      }
    }
    log = Optional.of(logId);
  }

  void add(Change.SetAside change) {
    var place = new Place(change.table(), change.key());
    aside.put(place, change);
    settled.remove(place);
  }

  /** Looks whether a change that is applied brings a later state of a row that was set aside. */
  void settle(Change change) {
    if (watched.isEmpty() && aside.isEmpty()) {
      return;
    }
    if (change instanceof Change.Row row) {
      settle(new Place(row.table(), row.shape().describeKey(row.values())), row.origin().xid());
    } else if (change instanceof Change.Truncate truncate) {
      settleAll(truncate.table(), truncate.origin().xid());
    } else if (change instanceof Change.CopyBegun copy) {
      settleAll(copy.table(), 0);
    }
  }

  private void settle(Place place, long xid) {
    if (watched.containsKey(place) || aside.containsKey(place)) {
      settled.put(place, xid);
    }
  }

  private void settleAll(TableName table, long xid) {
    watched.keySet().stream()
        .filter(place -> place.table().equals(table))
        .forEach(place -> settled.put(place, xid));
    aside.keySet().stream()
        .filter(place -> place.table().equals(table))
        .forEach(place -> settled.put(place, xid));
  }

  /** Writes what has come together, within the transaction that is about to commit. */
  void write(Connection connection) throws SQLException {
    if (!aside.isEmpty()) {
      insert(connection);
    }
    if (!settled.isEmpty()) {
      update(connection);
    }
  }

  private void insert(Connection connection) throws SQLException {
    try (var insert =
        connection.prepareStatement(
            "insert into replica.dead_letter (log_id, source_table, row_key, xid, batch, reason)"
                + " values (?, ?, ?, ?::xid8, ?, ?) on conflict (log_id, source_table, row_key)"
                + " do update set xid = excluded.xid, batch = excluded.batch,"
                + " reason = excluded.reason, set_aside_at = excluded.set_aside_at,"
                + " settled_at = null, settled_xid = null")) {
      for (var entry : aside.entrySet()) {
        var change = entry.getValue();
        insert.setString(1, log.orElseThrow());
        insert.setString(2, change.table().toString());
        insert.setString(3, change.key());
        insert.setString(4, Long.toUnsignedString(change.origin().xid()));
        insert.setString(5, change.origin().batch());
        insert.setString(6, change.reason());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private void update(Connection connection) throws SQLException {
    try (var update =
        connection.prepareStatement(
            "update replica.dead_letter set settled_at = clock_timestamp(), settled_xid = ?::xid8"
                + " where log_id = ? and source_table = ? and row_key = ?")) {
      for (var entry : settled.entrySet()) {
        update.setString(1, Long.toUnsignedString(entry.getValue()));
        update.setString(2, log.orElseThrow());
        update.setString(3, entry.getKey().table().toString());
        update.setString(4, entry.getKey().key());
        update.addBatch();
      }
      update.executeBatch();
    }
  }

  void committed() {
    var named = 0;
    for (var entry : settled.entrySet()) {
      if (named++ < NAMED) {
        say(entry.getKey(), entry.getValue());
      }
    }
    aside.forEach(
        (place, change) -> {
          if (watched.size() < MOST_WATCHED) {
            watched.put(place, change.origin().xid());
          }
        });
    settled.keySet().forEach(watched::remove);
    aside.clear();
    settled.clear();
  }

  private void say(Place place, long xid) {
    LOG.info(
        "{} changed {} ({}), as a transaction had that was set aside: the row is the master's again",
        xid == 0 ? "A copy" : "Transaction " + xid,
        place.table(),
        place.key().isEmpty() ? "all rows" : "key " + place.key());
  }

  void rolledBack() {
    aside.clear();
    settled.clear();
    log = Optional.empty();
  }
}
