package io.kreplica.quickstart;

import io.kreplica.load.BankLoad;
import java.time.Duration;

/** The line that tells, while the master is busy, how busy it is and how the slave follows. */
final class LiveLine {

  private final BankLoad load;
  private final Duration length;
  private final long start = System.nanoTime();
  private long lastLook = start;
  private long lastChanges;

  LiveLine(BankLoad load, Duration length) {
    this.load = load;
    this.length = length;
  }

  /** Whether the master has been busy long enough. */
  boolean isOver() {
    return System.nanoTime() - start >= length.toNanos();
  }

  /** The line after one more look. */
  String next(Gauges.Reading reading) {
    var now = System.nanoTime();
    var changes = load.rowChanges();
    var perSecond = (changes - lastChanges) * 1e9 / (now - lastLook);
    lastLook = now;
    lastChanges = changes;
    var line =
        String.format(
            "  %3d/%d s  %,9d transactions  %,7.0f changes/s  lag %,6d ms  backlog %,7d changes",
            Math.min(length.toSeconds(), (now - start) / 1_000_000_000),
            length.toSeconds(),
            load.commits(),
            perSecond,
            reading.lag().toMillis(),
            reading.backlog());
    return reading.copies() == 0 ? line : line + "  (initial copy: " + reading.copies() + " to go)";
  }
}
