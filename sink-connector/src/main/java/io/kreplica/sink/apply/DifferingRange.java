package io.kreplica.sink.apply;

import io.kreplica.record.KeyRange;
import io.kreplica.record.TableName;
import io.kreplica.sink.change.Change;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Keeps {@code replica.differing_range}, within the transactions that compare: a range stays until
 * it is found equal, or is compared anew in other pieces.
 */
final class DifferingRange {

  private static final String JSON_NULL = "null";

  private DifferingRange() {}

  /** Notes a range that differs. */
  static void note(
      Connection connection,
      String log,
      Change.Verification verification,
      long slaveRows,
      String slaveDigest)
      throws SQLException {
    var digest = verification.digest();
    try (var insert =
        connection.prepareStatement(
            "insert into replica.differing_range (log_id, source_table, from_key, to_key, request,"
                + " by_text, snapshot, batch, master_rows, slave_rows, master_digest, slave_digest)"
                + " values (?, ?, ?::jsonb, ?::jsonb, ?, ?, ?::pg_snapshot, ?, ?, ?, ?, ?)"
                + " on conflict (log_id, source_table, from_key, to_key) do update set"
                + " request = excluded.request, by_text = excluded.by_text,"
                + " verified_at = excluded.verified_at, snapshot = excluded.snapshot,"
                + " batch = excluded.batch, master_rows = excluded.master_rows,"
                + " slave_rows = excluded.slave_rows, master_digest = excluded.master_digest,"
                + " slave_digest = excluded.slave_digest")) {
      bind(insert, log, verification.table(), digest.piece());
      insert.setLong(5, verification.request());
      insert.setBoolean(6, digest.layout().byText());
      insert.setString(7, verification.position().toString());
      insert.setString(8, verification.origin().batch());
      insert.setLong(9, digest.rows());
      insert.setLong(10, slaveRows);
      insert.setString(11, digest.digest());
      insert.setString(12, slaveDigest);
      insert.executeUpdate();
    }
  }

  /** How many ranges of a log's tables differ. */
  static long count(Connection connection, String log) throws SQLException {
    try (var select =
        connection.prepareStatement(
            "select count(*) from replica.differing_range where log_id = ?")) {
      select.setString(1, log);
      try (var row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** Forgets a range that is equal. */
  static void forget(Connection connection, String log, TableName table, KeyRange range)
      throws SQLException {
    try (var delete =
        connection.prepareStatement(
            "delete from replica.differing_range where log_id = ? and source_table = ?"
                + " and from_key = ?::jsonb and to_key = ?::jsonb")) {
      bind(delete, log, table, range);
      delete.executeUpdate();
    }
  }

  /** Forgets all ranges of a table. */
  static void forgetAll(Connection connection, String log, TableName table) throws SQLException {
    try (var delete =
        connection.prepareStatement(
            "delete from replica.differing_range where log_id = ? and source_table = ?")) {
      delete.setString(1, log);
      delete.setString(2, table.toString());
      delete.executeUpdate();
    }
  }

  /** Forgets what earlier requests found in a range that has been compared whole. */
  static void forgetOlder(Connection connection, String log, Change.Verification verification)
      throws SQLException {
    var digest = verification.digest();
    try (var delete =
        connection.prepareStatement(
            "delete from replica.differing_range as d using replica.verification_run as r"
                + " where d.log_id = ? and d.source_table = ?"
                + " and (d.from_key = ?::jsonb and d.to_key = ?::jsonb or ?)"
                + " and r.log_id = d.log_id and r.source_table = d.source_table and r.kind = ?"
                + " and d.verified_at < r.began_at")) {
      bind(delete, log, verification.table(), digest.asked());
      delete.setBoolean(5, digest.isOfWholeTable());
      delete.setString(6, digest.kind().text());
      delete.executeUpdate();
    }
  }

  private static void bind(PreparedStatement statement, String log, TableName table, KeyRange range)
      throws SQLException {
    statement.setString(1, log);
    statement.setString(2, table.toString());
    statement.setString(3, range.from().orElse(JSON_NULL));
    statement.setString(4, range.to().orElse(JSON_NULL));
  }
}
