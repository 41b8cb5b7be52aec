package io.kreplica.postgres;

import java.time.Duration;

/**
 * How long to wait before the next try: doubles from the shortest to the longest wait, and starts
 * again after a success. Not thread-safe.
 */
public final class Backoff {

  private final Duration shortest;
  private final Duration longest;
  private Duration next;

  public Backoff(Duration shortest, Duration longest) {
    this.shortest = shortest;
    this.longest = longest;
    this.next = shortest;
  }

  /** The wait before the next try; the one after it is longer. */
  public Duration next() {
    var current = next;
    var doubled = next.multipliedBy(2);
    next = doubled.compareTo(longest) > 0 ? longest : doubled;
    return current;
  }

  /** After a success: the next wait is the shortest again. */
  public void reset() {
    next = shortest;
  }
}
