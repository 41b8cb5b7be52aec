package io.kreplica.benchmark;

import java.sql.SQLException;
import java.util.List;

/**
 * One transaction that is far larger than the worker's heap.
 *
 * @param rows how many rows it inserts
 */
record HugeTransaction(int rows) implements Measurement {

  private static final String TABLE = "public.huge";

  @Override
  public String name() {
    return "huge";
  }

  @Override
  public String title() {
    return String.format(
        "One transaction of %,d rows through a worker with -Xmx%s", rows, Benchmark.WORKER_HEAP);
  }

  @Override
  public List<Figure> run(Laboratory laboratory) throws SQLException {
    laboratory.createTable(
        "create table public.huge (id bigint primary key, body text, n integer)");
    laboratory.track(List.of(TABLE));
    laboratory.startConnectors();
    var heap = new GcLog(laboratory.worker().gcLog());

    var start = System.nanoTime();
    laboratory.executeOnMaster(
        "insert into public.huge select n, 'body of row ' || n, n % 1000 from generate_series(1, "
            + rows
            + ") n");
    var committed = System.nanoTime();
    laboratory.awaitFlag();
    var visible = System.nanoTime();

    return List.of(
        Figure.of("insert on the master", Units.seconds(committed - start)),
        Figure.of(
            "visible after the commit",
            Units.seconds(visible - committed) + ": " + Units.rate(rows, visible - committed)),
        new Figure(
            "worker's heap after a collection, at most",
            heap.highestAfterCollection() + " MiB",
            "below " + Benchmark.WORKER_HEAP),
        laboratory.verdict(List.of(TABLE)));
  }
}
