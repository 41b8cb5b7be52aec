package io.kreplica.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SteadyClockTest {

  @Test
  void aMachinesClockThatIsSetDoesNotMoveIt() {
    var machine = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    var nanos = new AtomicLong(-5);
    var clock = new SteadyClock(settable(machine), nanos::get);
    var before = clock.instant();

    machine.set(Instant.parse("1999-01-01T00:00:00Z"));
    nanos.addAndGet(Duration.ofSeconds(7).toNanos());

    assertThat(Duration.between(before, clock.instant())).isEqualTo(Duration.ofSeconds(7));
  }

  private static Clock settable(AtomicReference<Instant> instant) {
    return new Clock() {
      @Override
      public Instant instant() {
        return instant.get();
      }

      @Override
      public ZoneOffset getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }
}
