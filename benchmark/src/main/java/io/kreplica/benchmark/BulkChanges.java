package io.kreplica.benchmark;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Statements that change many rows at once, of ten columns each.
 *
 * @param rows how many
 */
record BulkChanges(int rows) implements Race {

  private static final String TABLE = "public.wide";

  @Override
  public String name() {
    return "bulk";
  }

  @Override
  public String title() {
    return String.format("Bulk statements of %,d ten-column rows", rows);
  }

  @Override
  public List<Figure> run(Laboratory laboratory) throws SQLException {
    laboratory.createTable(
        """
        create table public.wide (
            id bigint primary key, a integer, b bigint, c text, d varchar(40), e numeric(12,2),
            f boolean, g timestamptz, h date, i double precision
        )
        """);
    laboratory.track(List.of(TABLE));
    laboratory.startReplication();

    var figures = new ArrayList<Figure>();
    figures.addAll(
        timed(
            laboratory,
            "insert",
            "insert into public.wide select n, n % 1000, n::bigint * 1000003, 'text of row ' || n,"
                + " md5(n::text), n / 7.0, n % 2 = 0, clock_timestamp(), '2020-01-01'::date + n %"
                + " 1000, sqrt(n) from generate_series(1, "
                + rows
                + ") n"));
    figures.addAll(timed(laboratory, "update", "update public.wide set a = a + 1, g = now()"));
    figures.add(laboratory.verdict(List.of(TABLE)));
    figures.addAll(timed(laboratory, "delete", "delete from public.wide"));
    figures.add(laboratory.verdict(List.of(TABLE)));
    return figures;
  }

  private List<Figure> timed(Laboratory laboratory, String what, String sql) throws SQLException {
    var start = System.nanoTime();
    laboratory.executeOnMaster(sql);
    var committed = System.nanoTime();
    laboratory.awaitFlag();
    var visible = System.nanoTime();
    return List.of(
        Figure.rate(what + ", from the commit", rows, visible - committed).aim("native's"),
        Figure.seconds(what + ", on the master", committed - start),
        Figure.seconds(what + ", from its start to visible", visible - start));
  }
}
