package io.kreplica.benchmark;

/** A table of ten columns, and statements that change as many rows of it as there are. */
final class WideTable {

  static final String NAME = "public.wide";

  static final String DDL =
      """
      create table public.wide (
          id bigint primary key, a integer, b bigint, c text, d varchar(40), e numeric(12,2),
          f boolean, g timestamptz, h date, i double precision
      )
      """;

  static final String UPDATE = "update public.wide set a = a + 1, g = now()";
  static final String DELETE = "delete from public.wide";

  private static final String ROWS =
      "insert into public.wide select n, n % 1000, n::bigint * 1000003, 'text of row ' || n,"
          + " md5(n::text), n / 7.0, n % 2 = 0, clock_timestamp(), '2020-01-01'::date + n % 1000,"
          + " sqrt(n) from ";

  private WideTable() {}

  /** Inserts rows 1 to n. */
  static String insert(int rows) {
    return ROWS + "generate_series(1, " + rows + ") n";
  }

  /** Inserts the row of the number that is its parameter. */
  static String insertOne() {
    return ROWS + "(select ?::integer) as one(n)";
  }

  /** Updates that row. */
  static String updateOne() {
    return UPDATE + " where id = ?";
  }

  /** Deletes that row. */
  static String deleteOne() {
    return DELETE + " where id = ?";
  }
}
