package io.kreplica.sink.apply;

import io.kreplica.metrics.TaskMetrics;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a sink's task has met since it began, for its metrics: conflicts, and what verifications and
 * repairs came to. Counted by the task's thread when it is committed; read by any.
 */
public final class Totals {

  private final AtomicLong conflicts = new AtomicLong();
  private final AtomicLong compared = new AtomicLong();
  private final AtomicLong differed = new AtomicLong();
  private final AtomicLong repaired = new AtomicLong();
  private final AtomicLong notCompared = new AtomicLong();
  private final AtomicLong differing = new AtomicLong();

  /** Shows the numbers from now on. */
  public void show(TaskMetrics metrics) {
    metrics.show(
        "conflicts-total",
        "Rows that were not as the master's had been, and were overwritten; see conflict.mode",
        conflicts::get);
    metrics.show(
        "ranges-differing",
        "Ranges of keys that differ from the master's; see replica.verification on the slave",
        differing::get);
    metrics.show(
        "ranges-compared-total", "Ranges of keys compared with the master's", compared::get);
    metrics.show(
        "ranges-differed-total", "Compared ranges that were not as the master's", differed::get);
    metrics.show(
        "ranges-repaired-total", "Ranges that a repair has made as the master's", repaired::get);
    metrics.show(
        "ranges-not-compared-total", "Ranges that could not be compared", notCompared::get);
  }

  void overwrote(long rows) {
    conflicts.addAndGet(rows);
  }

  void compared(boolean differs, boolean isRepaired) {
    compared.incrementAndGet();
    if (differs || isRepaired) {
      differed.incrementAndGet();
    }
    if (isRepaired) {
      repaired.incrementAndGet();
    }
  }

  void notCompared() {
    notCompared.incrementAndGet();
  }

  void differNow(long ranges) {
    differing.set(ranges);
  }
}
