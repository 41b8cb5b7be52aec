package io.kreplica.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Faults, one after the other in an order drawn from the seed, each kind once before any comes
 * twice. After each it waits until the slave follows again, and notes how long that took. Used by
 * one thread.
 */
final class Disturbance {

  private static final Duration LONGEST_RECOVERY = Duration.ofMinutes(8);
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);
  private static final int LONGEST_QUIET_MS = 3_000;

  private final SoakStand stand;
  private final StateWatcher watcher;
  private final Random random;
  private final Consumer<String> narrator;
  private final List<Fault> ahead = new ArrayList<>();
  private final Map<String, Integer> struck = new TreeMap<>();
  private Duration longestRecovery = Duration.ZERO;
  private String slowest = "";

  Disturbance(SoakStand stand, StateWatcher watcher, long seed, Consumer<String> narrator) {
    this.stand = stand;
    this.watcher = watcher;
    this.random = new Random(seed);
    this.narrator = narrator;
  }

  /**
   * Lets one fault strike, and awaits recovery.
   *
   * @throws IllegalStateException if the slave does not follow again, or a task has failed
   */
  void strikeOnce() throws Exception {
    if (ahead.isEmpty()) {
      ahead.addAll(Fault.all());
      Collections.shuffle(ahead, random);
    }
    var fault = ahead.remove(ahead.size() - 1);
    narrator.accept(fault.name());
    fault.strike().at(stand, random);
    struck.merge(fault.name(), 1, Integer::sum);
    awaitRecovery(fault);
    LockSupport.parkNanos(Duration.ofMillis(random.nextInt(LONGEST_QUIET_MS)).toNanos());
  }

  /** The load never rests, so that a slave which follows shows new states. */
  private void awaitRecovery(Fault fault) {
    var start = System.nanoTime();
    var before = watcher.states();
    // One state may have been on its way before the fault, a second one may not.
    while (watcher.states() < before + 2) {
      var waited = Duration.ofNanos(System.nanoTime() - start);
      if (waited.compareTo(LONGEST_RECOVERY) > 0) {
        throw new IllegalStateException(
            "The slave shows no new state "
                + waited.toSeconds()
                + " s after: "
                + fault.name()
                + "; "
                + stand.needsAPerson());
      }
      LockSupport.parkNanos(LOOK_INTERVAL.toNanos());
    }
    var failed = stand.needsAPerson();
    if (!failed.isEmpty()) {
      throw new IllegalStateException("A person is needed after: " + fault.name() + "; " + failed);
    }
    var took = Duration.ofNanos(System.nanoTime() - start);
    if (took.compareTo(longestRecovery) > 0) {
      longestRecovery = took;
      slowest = fault.name();
    }
  }

  /** How many faults have struck. */
  int count() {
    return struck.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How often each kind has. */
  Map<String, Integer> struck() {
    return struck;
  }

  /** The longest time from the end of a fault until the slave followed again, and which it was. */
  String slowestRecovery() {
    return String.format("%.1f s (%s)", longestRecovery.toMillis() / 1e3, slowest);
  }
}
