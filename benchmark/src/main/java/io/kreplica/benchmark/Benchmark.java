package io.kreplica.benchmark;

import io.kreplica.stack.ReplicationStack;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The benchmark: starts everything embedded, takes one measurement after the other, prints all. */
public final class Benchmark {

  static final String WORKER_HEAP = "512m";

  private static final String USAGE =
      """
      Usage: bin/benchmark [options] [measurement ...]

      Starts two PostgreSQL servers, a Kafka broker and a Connect worker on this machine, and measures
      the replication between them. Takes some twenty minutes and 5 GB of temporary files.

        --quick   a smaller run of two minutes, to see that it works; its figures say little
        --help    print this

      Measurements (default: all): catch-up latency-20 latency-500 bulk capture huge
      """;

  private static final List<Measurement> FULL =
      List.of(
          new CatchUp(20_000),
          new Latency(20, 20),
          new Latency(500, 20),
          new BulkChanges(200_000),
          new CaptureCost(8, 3),
          new HugeTransaction(5_000_000));

  private static final List<Measurement> QUICK =
      List.of(
          new CatchUp(2_000),
          new Latency(20, 3),
          new Latency(500, 3),
          new BulkChanges(10_000),
          new CaptureCost(1, 2),
          new HugeTransaction(100_000));

  private Benchmark() {}

  /** Runs the command; {@code bin/benchmark --help} tells what it takes. */
  public static void main(String[] args) throws SQLException {
    var wanted = new ArrayList<>(List.of(args));
    if (wanted.remove("--help")) {
      System.out.print(USAGE);
      return;
    }
    var all = wanted.remove("--quick") ? QUICK : FULL;
    var names = all.stream().map(Measurement::name).toList();
    if (!names.containsAll(wanted)) {
      System.err.print(
          "There is no such measurement: " + String.join(" ", wanted) + "\n\n" + USAGE);
      System.exit(2);
    }
    System.exit(
        run(all.stream().filter(m -> wanted.isEmpty() || wanted.contains(m.name())).toList()));
  }

  private static int run(List<Measurement> measurements) throws SQLException {
    System.out.println("Starting the servers ...");
    var failed = false;
    try (var stack = ReplicationStack.builder().workerHeap(WORKER_HEAP).start()) {
      System.out.println(Machine.describe(stack.master()));
      for (var measurement : measurements) {
        System.out.printf("%n%s%n", measurement.title());
        failed |= !take(measurement, stack);
      }
    }
    return failed ? 1 : 0;
  }

  private static boolean take(Measurement measurement, ReplicationStack stack) throws SQLException {
    try (var laboratory = new Laboratory(stack, measurement.name().replace('-', '_'))) {
      for (var figure : measurement.run(laboratory)) {
        var aim = figure.aim().isEmpty() ? "" : "   (aim: " + figure.aim() + ")";
        System.out.printf("  %-42s %s%s%n", figure.what(), figure.value(), aim);
      }
      return true;
    } catch (IllegalStateException e) {
      System.out.println("  FAILED: " + e.getMessage());
      stack.keepFiles();
      System.out.println("  Data and logs stay in " + stack.directory());
      return false;
    }
  }
}
