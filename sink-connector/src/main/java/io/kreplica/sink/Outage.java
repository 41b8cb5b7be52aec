package io.kreplica.sink;

import io.kreplica.postgres.Backoff;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Paces the attempts to reach the slave again, and says once that it is gone and once that it is
 * back. Used by the task's thread only, but for {@link #isOn}.
 */
final class Outage {

  private static final Logger LOG = LoggerFactory.getLogger(Outage.class);
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(100);

  private final Clock clock;
  private final Backoff backoff;
  private volatile Instant since;
  private Instant nextAttempt = Instant.MIN;

  Outage(Clock clock, Duration longestWait) {
    this.clock = clock;
    this.backoff = new Backoff(SHORTEST_WAIT, longestWait);
  }

  /** Whether the slave is away, and waited for. Thread: any. */
  boolean isOn() {
    return since != null;
  }

  /** The slave failed, for the first time or again. */
  void failed(String cause) {
    if (since == null) {
      since = clock.instant();
      LOG.warn(
          "The slave takes no changes for now; trying again for ever, nothing is lost: {}", cause);
    }
    nextAttempt = clock.instant().plus(backoff.next());
  }

  /** Whether the wait is over. */
  boolean isAttemptDue() {
    return !clock.instant().isBefore(nextAttempt);
  }

  /** How long to wait still; at least a millisecond. */
  long remainingMs() {
    return Math.max(1, Duration.between(clock.instant(), nextAttempt).toMillis());
  }

  /** The slave takes changes: the next failure is a new one. */
  void over() {
    if (since != null) {
      LOG.info("The slave is back after {}", Duration.between(since, clock.instant()));
      since = null;
      backoff.reset();
    }
  }
}
