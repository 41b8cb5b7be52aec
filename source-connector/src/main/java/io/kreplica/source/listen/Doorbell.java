package io.kreplica.source.listen;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Lets the source sleep until the master has something new, without polling and without losing a
 * wake-up. Writers ring (NOTIFY) only while somebody sleeps, which they see by a lock:
 *
 * <ol>
 *   <li>To fall asleep the source takes the lock exclusively; that succeeds only when no writer
 *       that went without ringing is still in flight.
 *   <li>It then reads once more, and so finds what such writers have committed.
 *   <li>From now on every writer rings. The source waits, and on a ring gives the lock back.
 * </ol>
 *
 * <p>If the lock cannot be had, somebody is writing: the source reads again after a short pause,
 * which grows while nothing comes. So it does, with longer pauses, on a master whose doorbell was
 * silenced because NOTIFY does not go with two-phase commit. Thread: the reader's.
 */
public final class Doorbell {

  /** Class id of the advisory locks; {@code ring_doorbell.sql} knows it too. */
  static final int LOCK_CLASS = 19282;

  /** The lock that a sleeper holds and writers share. */
  static final int SLEEP_LOCK = 1;

  /** The lock of the one source that reads the log. */
  static final int READER_LOCK = 2;

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE_WHEN_SILENT = Duration.ofMillis(500);

  /** The master as far as the doorbell needs it. */
  public interface Line {

    /** Whether the master does not ring, so that it has to be asked. */
    boolean isSilent();

    /** Tries to take the sleep lock exclusively. */
    boolean tryLock() throws SQLException;

    /** Gives the sleep lock back. */
    void unlock() throws SQLException;

    /** Waits for a ring; false if none came in time. */
    boolean awaitRing(Duration atMost) throws SQLException;

    /** Makes sure that the session lives and still listens. */
    void ping() throws SQLException;

    /** Waits without listening. */
    void pause(Duration duration) throws InterruptedException;
  }

  /** What to do after a read that found nothing. */
  public enum Next {
    /** Read again now. */
    READ,
    /** Nothing came; ask again. */
    IDLE
  }

  private enum State {
    AWAKE,
    LAST_LOOK,
    ASLEEP
  }

  private final Line line;
  private final Clock clock;
  private final Duration keepalive;
  private State state = State.AWAKE;
  private Duration pause = SHORTEST_PAUSE;
  private Instant lastHeard;

  public Doorbell(Line line, Clock clock, Duration keepalive) {
    this.line = line;
    this.clock = clock;
    this.keepalive = keepalive;
    this.lastHeard = clock.instant();
  }

  /** After a read that found something: nobody sleeps now. */
  public void foundSomething() throws SQLException {
    pause = SHORTEST_PAUSE;
    wakeUp();
  }

  /**
   * After a read that found nothing: falls asleep step by step, and sleeps.
   *
   * @param atMost how long to wait for a ring
   */
  public Next foundNothing(Duration atMost) throws SQLException, InterruptedException {
    return switch (state) {
      case AWAKE -> {
        if (!line.isSilent() && line.tryLock()) {
          state = State.LAST_LOOK;
        } else {
          line.pause(pause);
          pause = min(pause.multipliedBy(2), longestPause());
        }
        yield Next.READ;
      }
      case LAST_LOOK -> {
        state = State.ASLEEP;
        lastHeard = clock.instant();
        yield sleep(atMost);
      }
      case ASLEEP -> sleep(atMost);
    };
  }

  /** Whether a read would find nothing, as nobody has rung. */
  public boolean isAsleep() {
    return state == State.ASLEEP;
  }

  private Next sleep(Duration atMost) throws SQLException {
    if (line.awaitRing(atMost)) {
      pause = SHORTEST_PAUSE;
      wakeUp();
      return Next.READ;
    }
    if (lastHeard.plus(keepalive).isBefore(clock.instant())) {
      line.ping();
      lastHeard = clock.instant();
    }
    return Next.IDLE;
  }

  private void wakeUp() throws SQLException {
    if (state != State.AWAKE) {
      line.unlock();
      state = State.AWAKE;
    }
  }

  private Duration longestPause() {
    return line.isSilent() ? LONGEST_PAUSE_WHEN_SILENT : LONGEST_PAUSE;
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
