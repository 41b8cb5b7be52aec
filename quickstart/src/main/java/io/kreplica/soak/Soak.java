package io.kreplica.soak;

import io.kreplica.load.Bank;
import io.kreplica.load.BankLoad;
import io.kreplica.load.Comparison;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** The soak: random load, random faults, continuous checking, and a verdict. */
public final class Soak {

  private static final int GOOD = 0;
  private static final int BAD = 1;
  private static final int NOT_STARTED = 2;

  private static final int CLIENTS = 6;
  private static final Duration EQUAL_TIMEOUT = Duration.ofMinutes(8);

  private final SoakOptions options;
  private final long start = System.nanoTime();

  private Soak(SoakOptions options) {
    this.options = options;
  }

  /** Runs the command; {@code bin/soak --help} tells what it takes. */
  public static void main(String[] args) throws SQLException {
    System.exit(run(List.of(args)));
  }

  private static int run(List<String> arguments) throws SQLException {
    SoakOptions options;
    try {
      options = SoakOptions.parse(arguments, new Random().nextInt(1_000_000));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n\n" + SoakOptions.USAGE);
      return NOT_STARTED;
    }
    if (options.help()) {
      System.out.print(SoakOptions.USAGE);
      return GOOD;
    }
    return new Soak(options).run();
  }

  private int run() throws SQLException {
    System.out.printf(
        "Soaking for %d min with seed %d (--seed %2$d repeats it)%s. Starting the servers ...%n",
        options.minutes(),
        options.seed(),
        options.exactlyOnce() ? ", exactly once" : ", at least once");
    SoakStand stand;
    try {
      stand = SoakStand.start(options);
    } catch (IllegalStateException e) {
      System.err.println(e.getMessage());
      return NOT_STARTED;
    }
    try (stand) {
      var good = disturb(stand);
      if (!good) {
        stand.stack().keepFiles();
        say("Data and logs stay in " + stand.stack().directory());
      }
      return good ? GOOD : BAD;
    }
  }

  private boolean disturb(SoakStand stand) throws SQLException {
    var deadline = System.nanoTime() + Duration.ofMinutes(options.minutes()).toNanos();
    try (var load =
            BankLoad.builder(SoakStand.BANK, stand::onMaster)
                .clients(CLIENTS)
                .rate(options.rate())
                .seed(options.seed())
                .start();
        var watcher = StateWatcher.start(stand)) {
      var disturbance = new Disturbance(stand, watcher, options.seed(), this::say);
      try {
        while (System.nanoTime() < deadline && watcher.offences().isEmpty()) {
          disturbance.strikeOnce();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      } catch (Exception e) {
        say("FAILED: " + e.getMessage());
        return false;
      }
      load.stop();
      return judge(stand, load, watcher, disturbance);
    }
  }

  private boolean judge(
      SoakStand stand, BankLoad load, StateWatcher watcher, Disturbance disturbance)
      throws SQLException {
    say("the master rests; comparing");
    var comparison = Comparison.await(stand::onMaster, stand::onSlave, Bank.TABLES, EQUAL_TIMEOUT);
    watcher.close();
    System.out.printf("%n%s%n", comparison);
    disturbance.struck().forEach((fault, times) -> System.out.printf("  %4d  %s%n", times, fault));
    System.out.printf(
        "%n  faults %,d; transactions %,d with %,d row changes; states of the slave %,d in %,d"
            + " readings; slowest recovery %s%n",
        disturbance.count(),
        load.commits(),
        load.rowChanges(),
        watcher.states(),
        watcher.readings(),
        disturbance.slowestRecovery());
    watcher.offences().forEach(offence -> System.out.println("  " + offence));
    var person = stand.needsAPerson();
    person.forEach(task -> System.out.println("  a person is needed: " + task));
    var good = comparison.areEqual() && watcher.offences().isEmpty() && person.isEmpty();
    System.out.println(
        good
            ? "GOOD: nothing lost, nothing torn, nothing doubled, nobody needed"
            : "BAD: see above; seed " + options.seed());
    return good;
  }

  private void say(String what) {
    var seconds = (System.nanoTime() - start) / 1_000_000_000L;
    System.out.printf("%3d:%02d  %s%n", seconds / 60, seconds % 60, what);
  }
}
