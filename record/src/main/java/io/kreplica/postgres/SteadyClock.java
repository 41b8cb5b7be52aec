package io.kreplica.postgres;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * A clock for measuring how long something takes: it starts with the machine's and then goes on
 * steadily, whoever sets that forwards or back. What waits by the machine's own clock waits for
 * hours when it is set back. Two such clocks agree about nothing else. Thread: any.
 */
public final class SteadyClock extends Clock {

  private final Instant start;
  private final long startNanos;
  private final LongSupplier nanos;

  SteadyClock(Clock machine, LongSupplier nanos) {
    this.start = machine.instant();
    this.nanos = nanos;
    this.startNanos = nanos.getAsLong();
  }

  /** Starts one. */
  public static Clock start() {
    return new SteadyClock(Clock.systemUTC(), System::nanoTime);
  }

  @Override
  public Instant instant() {
    return start.plusNanos(nanos.getAsLong() - startNanos);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("A steady clock tells durations, not dates");
  }
}
