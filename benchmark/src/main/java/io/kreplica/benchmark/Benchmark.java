package io.kreplica.benchmark;

import io.kreplica.stack.ConnectWorker;
import io.kreplica.stack.ProjectRoot;
import io.kreplica.stack.ReplicationStack;
import java.sql.SQLException;
import java.util.List;

/** The benchmark: starts everything embedded, takes one measurement after the other, prints all. */
public final class Benchmark {

  static final String WORKER_HEAP = "512m";

  private Benchmark() {}

  /** Runs the command; {@code bin/benchmark --help} tells what it takes. */
  public static void main(String[] args) throws SQLException {
    try {
      var options = Options.parse(List.of(args));
      if (options.help()) {
        System.out.print(Options.USAGE);
        return;
      }
      System.exit(run(options, wanted(options), "bin/benchmark " + String.join(" ", args)));
    } catch (IllegalArgumentException e) {
      System.err.print(e.getMessage() + "\n\n" + Options.USAGE);
      System.exit(2);
    }
  }

  private static List<Measurement> wanted(Options options) {
    var all = options.quick() ? quick() : full(options);
    var names = all.stream().map(Measurement::name).toList();
    for (var name : options.wanted()) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException("There is no measurement '" + name + "'");
      }
    }
    return all.stream()
        .filter(m -> options.wanted().isEmpty() || options.wanted().contains(m.name()))
        .toList();
  }

  private static List<Measurement> full(Options options) {
    return List.of(
        new CatchUp(options.scaled(20_000)),
        // First the one that warms up what both pass.
        new Latency(500, options.scaled(20)),
        new Latency(20, options.scaled(20)),
        new BulkChanges(options.scaled(200_000)),
        new CaptureCost(options.scaled(5), 3),
        new CaptureCpu(options.scaled(1_000), options.scaled(200_000), 5),
        new Idle(options.scaled(60)),
        new HugeTransaction(options.scaled(5_000_000)));
  }

  private static List<Measurement> quick() {
    return List.of(
        new CatchUp(2_000),
        new Latency(500, 3),
        new Latency(20, 3),
        new BulkChanges(10_000),
        new CaptureCost(1, 1),
        new CaptureCpu(300, 5_000, 1),
        new Idle(2),
        new HugeTransaction(100_000));
  }

  private static int run(Options options, List<Measurement> measurements, String command)
      throws SQLException {
    System.out.println("Starting the servers ...");
    try (var stack = start(options)) {
      var machine = Machine.describe(stack.master());
      System.out.println(machine);
      var report = new Report(ProjectRoot.find(), machine, command);
      var stand = new Stand(stack, options);
      for (var measurement : measurements) {
        System.out.printf("%n%s%n", measurement.title());
        try {
          var sheet = new Sheet(measurement.take(stand));
          System.out.print(sheet);
          report.add(measurement, sheet);
        } catch (IllegalStateException e) {
          stand.fail(measurement.name(), e);
        }
      }
      if (options.report()) {
        report.write();
      }
      return stand.isFailed() ? 1 : 0;
    }
  }

  private static ReplicationStack start(Options options) {
    var builder = ReplicationStack.builder().workerHeap(WORKER_HEAP);
    if (!options.peers().isEmpty()) {
      builder.masterSetting("wal_level", "logical");
    }
    if (options.has(Contender.DEBEZIUM)) {
      builder.workerSetting(
          "plugin.path", ConnectWorker.pluginPath() + "," + DebeziumReplication.plugins());
    }
    return builder.start();
  }
}
