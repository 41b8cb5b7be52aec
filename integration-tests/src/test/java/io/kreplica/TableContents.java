package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A table's rows as text under pinned settings, for comparing two databases. */
final class TableContents {

  private static final String PINNED =
      """
      set local search_path = public;
      set local datestyle = 'ISO, YMD';
      set local intervalstyle = 'postgres';
      set local timezone = 'UTC';
      set local bytea_output = 'hex';
      set local extra_float_digits = 1;
      set local lc_monetary = 'C';
      """;

  private static final int MOST_SHOWN = 20;

  private TableContents() {}

  /** Asserts that a table of a name holds the same in both, in the columns that the first has. */
  static void assertEqual(Connection master, Connection slave, String table) throws SQLException {
    var columns =
        one(
            master,
            "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute"
                + " where attrelid = '"
                + table.replace("'", "''")
                + "'::regclass and attnum > 0 and not attisdropped");
    if (digest(master, table, columns).equals(digest(slave, table, columns))) {
      return;
    }
    var expected = rows(master, table, columns);
    var actual = rows(slave, table, columns);
    assertThat(without(actual, expected)).as("rows of %s that only the slave has", table).isEmpty();
    assertThat(without(expected, actual)).as("rows of %s that the slave lacks", table).isEmpty();
    assertThat(actual).as("rows of %s", table).hasSameSizeAs(expected);
  }

  private static List<String> without(List<String> rows, List<String> others) {
    var left = new ArrayList<>(rows);
    left.removeAll(others);
    return left.subList(0, Math.min(left.size(), MOST_SHOWN));
  }

  private static String digest(Connection connection, String table, String columns)
      throws SQLException {
    return one(
        connection,
        "select count(*) || ' ' || md5(coalesce(string_agg(h, '' order by h collate \"C\"), ''))"
            + " from (select md5(t::text) as h from "
            + selection(connection, table, columns)
            + " t) hashes");
  }

  private static List<String> rows(Connection connection, String table, String columns)
      throws SQLException {
    return query(
        connection,
        "select t::text from " + selection(connection, table, columns) + " t order by 1");
  }

  /** A partitioned table is its partitions; a table that others inherit from is not they. */
  private static String selection(Connection connection, String table, String columns)
      throws SQLException {
    var isPartitioned =
        one(
                connection,
                "select relkind = 'p' from pg_class where oid = '"
                    + table.replace("'", "''")
                    + "'::regclass")
            .equals("t");
    return "(select " + columns + " from " + (isPartitioned ? "" : "only ") + table + ")";
  }

  private static String one(Connection connection, String sql) throws SQLException {
    return query(connection, sql).get(0);
  }

  /** Runs a query of one column with settings pinned. */
  private static List<String> query(Connection connection, String sql) throws SQLException {
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.execute(PINNED);
      var rows = new ArrayList<String>();
      try (var result = statement.executeQuery(sql)) {
        while (result.next()) {
          rows.add(String.valueOf(result.getString(1)));
        }
      }
      return rows;
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }
}
