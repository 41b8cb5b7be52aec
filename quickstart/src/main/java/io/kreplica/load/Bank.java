package io.kreplica.load;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * A bank after the TPC-B benchmark: branches, tellers and accounts, and a history of what was paid
 * in. Its books balance in every committed state: accounts, tellers, branches and history have the
 * same total. A torn or reordered transaction on a slave breaks that.
 *
 * @param branches how many branches
 * @param accounts how many accounts there are in each
 */
public record Bank(int branches, int accounts) {

  /** Its tables, those that others refer to first. */
  public static final List<String> TABLES =
      List.of("public.branch", "public.teller", "public.account", "public.history");

  static final int TELLERS_PER_BRANCH = 10;

  private static final String SCHEMA =
      """
      create table public.branch (
          branch_id integer primary key,
          balance bigint not null,
          name text not null
      );
      create table public.teller (
          teller_id integer primary key,
          branch_id integer not null references public.branch,
          balance bigint not null
      );
      create table public.account (
          account_id integer primary key,
          branch_id integer not null references public.branch,
          balance bigint not null,
          owner text not null,
          changed_at timestamptz
      );
      create table public.history (
          history_id bigint primary key generated always as identity,
          teller_id integer not null references public.teller,
          branch_id integer not null references public.branch,
          account_id integer not null references public.account,
          delta bigint not null,
          at timestamptz not null default clock_timestamp()
      );
      """;

  /** Creates the empty tables, on the master or on a slave. */
  public static void createTables(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(SCHEMA);
    }
  }

  /** Opens the branches and accounts, all of them empty. */
  public void fill(Connection connection) throws SQLException {
    insert(
        connection,
        "insert into public.branch select b, 0, 'Branch ' || b from generate_series(1, ?) b",
        branches);
    insert(
        connection,
        "insert into public.teller select t, 1 + (t - 1) / "
            + TELLERS_PER_BRANCH
            + ", 0 from generate_series(1, ?) t",
        branches * TELLERS_PER_BRANCH);
    insert(
        connection,
        "insert into public.account select a, 1 + (a - 1) / "
            + accounts
            + ", 0, 'Customer ' || md5(a::text) from generate_series(1, ?) a",
        branches * accounts);
  }

  private static void insert(Connection connection, String sql, int rows) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setInt(1, rows);
      statement.executeUpdate();
    }
  }

  /**
   * The totals of accounts, tellers, branches and history as one state shows them: four times the
   * same number, or the state is none that the master ever had.
   */
  public static Totals totals(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                """
                select (select coalesce(sum(balance), 0) from public.account),
                       (select coalesce(sum(balance), 0) from public.teller),
                       (select coalesce(sum(balance), 0) from public.branch),
                       (select coalesce(sum(delta), 0) from public.history)
                """)) {
      result.next();
      return new Totals(result.getLong(1), result.getLong(2), result.getLong(3), result.getLong(4));
    }
  }

  /** The sums of the four tables. */
  public record Totals(long accounts, long tellers, long branches, long history) {

    /** Whether the books balance. */
    public boolean balance() {
      return accounts == tellers && accounts == branches && accounts == history;
    }
  }
}
