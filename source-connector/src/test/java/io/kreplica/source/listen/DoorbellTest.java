package io.kreplica.source.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoorbellTest {

  private static final Duration WAIT = Duration.ofMillis(500);
  private static final Duration KEEPALIVE = Duration.ofSeconds(10);

  private final FakeLine line = new FakeLine();
  private final MovableClock clock = new MovableClock();
  private final Doorbell doorbell = new Doorbell(line, clock, KEEPALIVE);

  @Test
  void readsOnceMoreBetweenTakingTheLockAndWaiting() throws Exception {
    assertThat(doorbell.foundNothing(WAIT)).isEqualTo(Doorbell.Next.READ);
    assertThat(line.calls).containsExactly("lock");

    assertThat(doorbell.foundNothing(WAIT)).isEqualTo(Doorbell.Next.IDLE);
    assertThat(line.calls).containsExactly("lock", "wait");
  }

  @Test
  void givesTheLockBackWhenTheLastLookFoundSomething() throws Exception {
    doorbell.foundNothing(WAIT);

    doorbell.foundSomething();

    assertThat(line.calls).containsExactly("lock", "unlock");
    assertThat(doorbell.isAsleep()).isFalse();
  }

  @Test
  void givesTheLockBackOnARing() throws Exception {
    fallAsleep();
    line.rings.add(true);

    assertThat(doorbell.foundNothing(WAIT)).isEqualTo(Doorbell.Next.READ);

    assertThat(line.calls).containsExactly("lock", "wait", "wait", "unlock");
    assertThat(doorbell.isAsleep()).isFalse();
  }

  @Test
  void readsAgainAfterPausesThatGrowWhileSomebodyWrites() throws Exception {
    line.isLockFree = false;

    for (var i = 0; i < 7; i++) {
      assertThat(doorbell.foundNothing(WAIT)).isEqualTo(Doorbell.Next.READ);
    }

    assertThat(line.pauses)
        .extracting(Duration::toMillis)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 20L, 20L);
    assertThat(doorbell.isAsleep()).isFalse();
  }

  @Test
  void asksWithLongerPausesWhereTheDoorbellIsSilent() throws Exception {
    line.isSilent = true;

    for (var i = 0; i < 12; i++) {
      assertThat(doorbell.foundNothing(WAIT)).isEqualTo(Doorbell.Next.READ);
    }

    assertThat(line.calls).isEmpty();
    assertThat(line.pauses).endsWith(Duration.ofMillis(500), Duration.ofMillis(500));
  }

  @Test
  void pausesAreShortAgainAfterSomethingCame() throws Exception {
    line.isLockFree = false;
    doorbell.foundNothing(WAIT);
    doorbell.foundNothing(WAIT);
    doorbell.foundSomething();
    doorbell.foundNothing(WAIT);

    assertThat(line.pauses).extracting(Duration::toMillis).containsExactly(1L, 2L, 1L);
  }

  @Test
  void pingsNoMoreOftenThanTheKeepaliveAsks() throws Exception {
    fallAsleep();
    clock.advance(Duration.ofSeconds(9));
    doorbell.foundNothing(WAIT);
    assertThat(line.calls).doesNotContain("ping");

    clock.advance(Duration.ofSeconds(2));
    doorbell.foundNothing(WAIT);
    doorbell.foundNothing(WAIT);

    assertThat(line.calls).containsOnlyOnce("ping");
  }

  @Test
  void aDeadLineIsNoticedByThePing() throws Exception {
    fallAsleep();
    clock.advance(Duration.ofSeconds(11));
    line.isDead = true;

    assertThatThrownBy(() -> doorbell.foundNothing(WAIT))
        .isInstanceOf(SQLException.class)
        .hasMessage("gone");
  }

  private void fallAsleep() throws Exception {
    doorbell.foundNothing(WAIT);
    doorbell.foundNothing(WAIT);
    assertThat(doorbell.isAsleep()).isTrue();
  }

  private static final class FakeLine implements Doorbell.Line {

    private final List<String> calls = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private final Deque<Boolean> rings = new ArrayDeque<>();
    private boolean isLockFree = true;
    private boolean isDead;
    private boolean isSilent;

    @Override
    public boolean isSilent() {
      return isSilent;
    }

    @Override
    public boolean tryLock() {
      calls.add("lock");
      return isLockFree;
    }

    @Override
    public void unlock() {
      calls.add("unlock");
    }

    @Override
    public boolean awaitRing(Duration atMost) {
      calls.add("wait");
      return !rings.isEmpty() && rings.remove();
    }

    @Override
    public void ping() throws SQLException {
      calls.add("ping");
      if (isDead) {
        throw new SQLException("gone", "08006");
      }
    }

    @Override
    public void pause(Duration duration) {
      pauses.add(duration);
    }
  }

  private static final class MovableClock extends Clock {

    private Instant now = Instant.EPOCH;

    void advance(Duration duration) {
      now = now.plus(duration);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
