package io.kreplica.benchmark;

import java.sql.SQLException;
import java.util.List;

/**
 * One transaction that is far larger than the worker's heap.
 *
 * @param rows how many rows it inserts
 */
record HugeTransaction(int rows) implements Race {

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
  public boolean admits(Contender contender) {
    return contender == Contender.KREPLICA;
  }

  @Override
  public List<Figure> run(Laboratory laboratory) throws SQLException {
    laboratory.createTable(
        "create table public.huge (id bigint primary key, body text, n integer)");
    laboratory.track(List.of(TABLE));
    laboratory.startReplication();
    var heap = new GcLog(laboratory.stack().worker().gcLog());

    var start = System.nanoTime();
    laboratory.executeOnMaster(
        "insert into public.huge select n, 'body of row ' || n, n % 1000 from generate_series(1, "
            + rows
            + ") n");
    var committed = System.nanoTime();
    laboratory.awaitFlag();
    var visible = System.nanoTime();

    return List.of(
        Figure.seconds("insert on the master", committed - start),
        Figure.seconds("visible after the commit", visible - committed),
        Figure.rate("from the commit", rows, visible - committed),
        Figure.of(
                "worker's heap after a collection, at most", heap.highestAfterCollection() + " MiB")
            .aim("below " + Benchmark.WORKER_HEAP),
        laboratory.verdict(List.of(TABLE)));
  }
}
