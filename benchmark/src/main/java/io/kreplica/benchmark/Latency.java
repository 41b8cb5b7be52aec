package io.kreplica.benchmark;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * From commit to visible: rows are committed one by one on the master, and somebody looks at the
 * slave all the time. Both moments are read from the same clock.
 *
 * @param perSecond how many commits a second
 * @param seconds for how long
 */
record Latency(int perSecond, int seconds) implements Race {

  private static final int PER_CLIENT = 125;
  private static final long LOOK_NANOS = 500_000;
  private static final int WARM_UP_SECONDS = 10;

  @Override
  public String name() {
    return "latency-" + perSecond;
  }

  @Override
  public String title() {
    return String.format(
        "Commit to visible, single rows at %,d/s for %d s after %d s to warm up",
        perSecond, seconds, WARM_UP_SECONDS);
  }

  @Override
  public List<Figure> run(Laboratory laboratory) throws SQLException {
    laboratory.createTable(
        "create table public.probe (client integer, n integer, body text, primary key (client, n))");
    laboratory.track(List.of("public.probe"));
    laboratory.startReplication();

    var clients = Math.max(1, perSecond / PER_CLIENT);
    var writers = new ProbeWriter[clients];
    for (var i = 0; i < clients; i++) {
      writers[i] =
          new ProbeWriter(
              laboratory,
              i,
              perSecond / clients,
              (WARM_UP_SECONDS + seconds) * perSecond / clients);
      writers[i].start();
    }
    var latencies = watch(laboratory, writers);
    for (var writer : writers) {
      writer.await();
    }
    Arrays.sort(latencies);
    return List.of(
        Figure.millis("p50", percentile(latencies, 0.50)).aim("3 ms"),
        Figure.millis("p95", percentile(latencies, 0.95)),
        Figure.millis("p99", percentile(latencies, 0.99)).aim("15 ms"),
        Figure.millis("max", latencies[latencies.length - 1]),
        laboratory.verdict(List.of("public.probe")));
  }

  private static long percentile(long[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  }

  /** Looks at the slave until it shows all rows; answers how long each took. */
  private long[] watch(Laboratory laboratory, ProbeWriter[] writers) throws SQLException {
    var seen = new AtomicLongArray[writers.length];
    var next = new int[writers.length];
    Arrays.setAll(seen, i -> new AtomicLongArray(writers[i].rows()));
    try (var connection = laboratory.onSlave();
        var newest =
            connection.prepareStatement(
                "select c, coalesce((select max(n) from public.probe where client = c), -1)"
                    + " from generate_series(0, ?) c")) {
      newest.setInt(1, writers.length - 1);
      while (!isComplete(writers, next)) {
        try (var result = newest.executeQuery()) {
          var now = System.nanoTime();
          while (result.next()) {
            var client = result.getInt(1);
            for (; next[client] <= result.getInt(2); next[client]++) {
              seen[client].set(next[client], now);
            }
          }
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
    return latencies(writers, seen);
  }

  private static boolean isComplete(ProbeWriter[] writers, int[] next) {
    for (var i = 0; i < writers.length; i++) {
      if (next[i] < writers[i].rows()) {
        return false;
      }
    }
    return true;
  }

  private long[] latencies(ProbeWriter[] writers, AtomicLongArray[] seen) {
    var latencies = LongStream.builder();
    for (var i = 0; i < writers.length; i++) {
      for (var n = WARM_UP_SECONDS * perSecond / writers.length; n < writers[i].rows(); n++) {
        // A row may be seen before the client hears that its commit is through.
        latencies.add(Math.max(0, seen[i].get(n) - writers[i].committedAt(n)));
      }
    }
    return latencies.build().toArray();
  }
}
