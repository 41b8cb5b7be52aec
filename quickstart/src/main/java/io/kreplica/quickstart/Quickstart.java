package io.kreplica.quickstart;

import io.kreplica.load.Bank;
import io.kreplica.load.BankLoad;
import io.kreplica.load.Comparison;
import io.kreplica.stack.Installation;
import io.kreplica.stack.Ports;
import io.kreplica.stack.ProjectRoot;
import io.kreplica.stack.ReplicationStack;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * The quick start: everything embedded, one busy database replicated to another, and a verdict. It
 * takes the very files that a user would: {@code sql/master/install.sql}, {@code
 * sql/slave/install.sql}, {@code config/source.json} and {@code config/sink.json}.
 */
public final class Quickstart {

  private static final int EQUAL = 0;
  private static final int NOT_EQUAL = 1;
  private static final int NOT_STARTED = 2;

  private static final int MASTER_PORT = 15432;
  private static final int SLAVE_PORT = 15433;
  private static final int REST_PORT = 18083;
  private static final String DATABASE = "shop";
  private static final Bank BANK = new Bank(4, 10_000);
  private static final int CLIENTS = 4;
  private static final Duration RUNNING_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration EQUAL_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(500);

  private final Options options;
  private final Screen screen;

  private Quickstart(Options options, Screen screen) {
    this.options = options;
    this.screen = screen;
  }

  /** Runs the command; {@code bin/quickstart --help} tells what it takes. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), Screen.ofSystem()));
  }

  private static int run(List<String> arguments, Screen screen) {
    try {
      var options = Options.parse(arguments);
      if (options.help()) {
        screen.print(Options.USAGE);
        return EQUAL;
      }
      return new Quickstart(options, screen).run();
    } catch (IllegalArgumentException e) {
      screen.print(e.getMessage() + "\n\n" + Options.USAGE);
      return NOT_STARTED;
    }
  }

  private int run() {
    var taken =
        IntStream.of(MASTER_PORT, SLAVE_PORT, REST_PORT).filter(port -> !Ports.isFree(port));
    var first = taken.findFirst();
    if (first.isPresent()) {
      screen.print(
          "Cannot start: port "
              + first.getAsInt()
              + " on localhost is in use. End what listens there; maybe another quick start runs.");
      return NOT_STARTED;
    }
    // Whoever still works when Ctrl-C ends everything would complain.
    var lastWord = new Thread(() -> screen.printLast("Stopping everything."));
    Runtime.getRuntime().addShutdownHook(lastWord);
    var status = startAndReplicate();
    screen.printLast("Everything is stopped.");
    return status;
  }

  private int startAndReplicate() {
    screen.print("Starting, all on this machine:");
    try (var stack = start()) {
      return replicate(stack);
    } catch (IllegalStateException e) {
      screen.print(screen.bad(e.getMessage()));
      return NOT_STARTED;
    }
  }

  private ReplicationStack start() {
    return ReplicationStack.builder()
        .ports(MASTER_PORT, SLAVE_PORT, REST_PORT)
        .keepFiles(options.keepFiles())
        .narrator(server -> screen.print("  " + server))
        .start();
  }

  private int replicate(ReplicationStack stack) {
    try {
      screen.print("Data and logs are in " + stack.directory());
      prepare(stack);
      work(stack);
      var equal = judge(stack);
      if (options.keep()) {
        invite(stack);
        new CountDownLatch(1).await();
      }
      return equal ? EQUAL : NOT_EQUAL;
    } catch (SQLException | RuntimeException e) {
      screen.print(screen.bad("Failed: " + e.getMessage()));
      keepFiles(stack);
      return NOT_EQUAL;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return NOT_EQUAL;
    }
  }

  /** What an administrator does once, and nothing else. */
  private void prepare(ReplicationStack stack) throws SQLException {
    var tool = Installation.Tool.preferred();
    var master = stack.master();
    var slave = stack.slave();

    screen.print(
        "Master: sql/master/install.sql (" + tool.title() + "), the bank's tables and rows");
    master.createDatabase(DATABASE);
    Installation.onMaster(master, DATABASE, tool);
    try (var connection = master.connect(DATABASE);
        var statement = connection.createStatement()) {
      Bank.createTables(connection);
      BANK.fill(connection);
      for (var table : Bank.TABLES) {
        statement.execute("select replica.track('" + table + "')");
        screen.print("  select replica.track('" + table + "');");
      }
    }

    screen.print("Slave: the same tables, empty, and sql/slave/install.sql (" + tool.title() + ")");
    slave.createDatabase(DATABASE);
    try (var connection = slave.connect(DATABASE)) {
      Bank.createTables(connection);
    }
    Installation.onSlave(slave, DATABASE, tool);

    for (var config : List.of("source", "sink")) {
      screen.print("POST " + stack.rest().url() + "/connectors < config/" + config + ".json");
      stack.rest().create(ProjectRoot.resolve("config/" + config + ".json"));
      stack.rest().awaitRunning("shop-" + config, RUNNING_TIMEOUT);
    }
  }

  /** Keeps the master busy, and shows how the slave follows. */
  private void work(ReplicationStack stack) throws SQLException {
    screen.print(
        "The master is busy for "
            + options.seconds()
            + " s: "
            + CLIENTS
            + " clients, "
            + (options.rate() == 0 ? "as fast as they can" : options.rate() + " transactions/s"));
    try (var gauges =
            new Gauges(
                () -> stack.master().connect(DATABASE), () -> stack.slave().connect(DATABASE));
        var load =
            BankLoad.builder(BANK, () -> stack.master().connect(DATABASE))
                .clients(CLIENTS)
                .rate(options.rate())
                .start()) {
      var line = new LiveLine(load, Duration.ofSeconds(options.seconds()));
      while (!line.isOver()) {
        LockSupport.parkNanos(LOOK_INTERVAL.toNanos());
        screen.printLive(line.next(gauges.read()));
      }
      load.stop();
      screen.print(
          String.format(
              "The master rests after %,d transactions with %,d row changes",
              load.commits(), load.rowChanges()));
    }
  }

  private boolean judge(ReplicationStack stack) throws SQLException {
    var start = System.nanoTime();
    var comparison =
        Comparison.await(
            () -> stack.master().connect(DATABASE),
            () -> stack.slave().connect(DATABASE),
            Bank.TABLES,
            EQUAL_TIMEOUT);
    var seconds = (System.nanoTime() - start) / 1e9;
    screen.print(String.format("%n  %-20s %-33s %s", "table", "master", "slave"));
    screen.print(comparison.toString());
    if (comparison.areEqual()) {
      screen.print(
          screen.good(
              String.format("EQUAL: the slave was level with the master after %.1f s", seconds)));
      return true;
    }
    screen.print(
        screen.bad(
            String.format(
                "DIFFERENT: the slave is not level with the master after %.0f s", seconds)));
    for (var connector : stack.rest().connectors()) {
      stack.rest().status(connector).ifPresent(s -> screen.print(connector + ": " + s));
    }
    keepFiles(stack);
    return false;
  }

  private void keepFiles(ReplicationStack stack) {
    stack.keepFiles();
    screen.print("Data and logs stay in " + stack.directory());
  }

  private void invite(ReplicationStack stack) {
    var rest = stack.rest().url();
    screen.print(
        """

        Everything stays up until Ctrl-C. To play with:

          psql -h localhost -p 15432 -U postgres shop     # the master
          psql -h localhost -p 15433 -U postgres shop     # the slave

        on the master:
          update account set owner = 'You' where account_id = 1;
          select * from replica.status;
        on the slave:
          select * from account where account_id = 1;
          select * from replica.replica_position;

          curl %1$s/connectors/shop-source/status
          curl %1$s/connectors/shop-sink/offsets
          curl -X PUT %1$s/connectors/shop-sink/pause
          curl -X PUT %1$s/connectors/shop-sink/resume

        Logs: %2$s
        """
            .formatted(rest, stack.directory().resolve("worker/worker.log")));
  }
}
