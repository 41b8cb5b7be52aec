package io.kreplica.load;

import io.kreplica.record.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a table holds, in a few letters: two tables of the same columns are equal if and only if
 * their digests are. Each row counts as PostgreSQL writes it as text, under pinned settings.
 *
 * @param table the table
 * @param rows how many rows it has
 * @param digest of their contents, in any order
 */
public record TableDigest(String table, long rows, String digest) {

  private static final String PINNED =
      """
      set local datestyle = 'ISO, MDY';
      set local intervalstyle = 'postgres';
      set local timezone = 'UTC';
      set local bytea_output = 'hex';
      set local extra_float_digits = 1;
      """;

  /** Digests tables as one state of the database shows them; it must not be in a transaction. */
  public static List<TableDigest> ofAll(Connection connection, List<String> tables)
      throws SQLException {
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.execute("set transaction isolation level repeatable read, read only");
      statement.execute(PINNED);
      var digests = new ArrayList<TableDigest>();
      for (var table : tables) {
        digests.add(of(connection, table));
      }
      return digests;
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  private static TableDigest of(Connection connection, String table) throws SQLException {
    try (var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "select count(*), md5(coalesce(string_agg(h, '' order by h collate \"C\"), ''))"
                    + " from (select md5(t::text) as h from "
                    + TableName.parse(table).toSql()
                    + " t) hashes")) {
      result.next();
      return new TableDigest(table, result.getLong(1), result.getString(2));
    }
  }
}
