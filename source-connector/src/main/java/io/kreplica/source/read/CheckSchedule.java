package io.kreplica.source.read;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Asks for the verification of all tracked tables whenever the interval has passed and the last
 * time's is done, and lets such a verification rest between batches, so that it never takes more
 * than a tenth of the source's time. Thread: the reader's.
 */
public final class CheckSchedule {

  /** For each moment of work so many of rest. */
  private static final int REST = 9;

  /** How often to look whether the last time's is done. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private static final int ROWS_PER_RANGE = 10_000;

  private static final String ASK =
      """
      with due as (
          select
          where not exists (select from replica.check_request q where q.kind = 'interval' and q.finished_at is null)
            and coalesce((select max(q.requested_at) from replica.check_request q where q.kind = 'interval'), '-infinity')
                <= clock_timestamp() - ? * interval '1 ms'
      ), past as (
          delete from replica.check_request q
          using due
          where q.kind = 'interval'
      )
      insert into replica.check_request (table_id, kind, rows_per_range, requested_at)
      select t.table_id, 'interval', ?, clock_timestamp()
      from due, replica.tracked_table t
      join pg_class c on c.oid = t.relation
      where t.untracked_at is null
      order by t.table_id
      """;

  /** What an earlier setting has asked for. */
  private static final String FORGET =
      "delete from replica.check_request where kind = 'interval' and finished_at is null";

  private final Connection connection;
  private final Clock clock;
  private final Duration interval;
  private Instant nextLook = Instant.MIN;
  private Optional<Instant> began = Optional.empty();
  private Optional<Instant> restsUntil = Optional.empty();

  /**
   * Makes a schedule.
   *
   * @param connection a session in auto-commit mode
   * @param interval from the beginning of one verification to that of the next; zero: none
   */
  public CheckSchedule(Connection connection, Clock clock, Duration interval) {
    this.connection = connection;
    this.clock = clock;
    this.interval = interval;
  }

  /** Asks if it is time; whether there is something to look for that nobody rings for. */
  public boolean isDue() throws SQLException {
    var now = clock.instant();
    var isRested = restsUntil.isPresent() && !now.isBefore(restsUntil.get());
    if (isRested) {
      restsUntil = Optional.empty();
    }
    return (!now.isBefore(nextLook) && hasAsked(now)) || isRested;
  }

  private boolean hasAsked(Instant now) throws SQLException {
    if (interval.isZero()) {
      forget();
      nextLook = Instant.MAX;
      return false;
    }
    var asked = ask();
    nextLook = now.plus(asked || interval.compareTo(LONGEST_WAIT) < 0 ? interval : LONGEST_WAIT);
    return asked;
  }

  private boolean ask() throws SQLException {
    try (var insert = connection.prepareStatement(ASK)) {
      insert.setLong(1, interval.toMillis());
      insert.setInt(2, ROWS_PER_RANGE);
      return insert.executeUpdate() > 0;
    }
  }

  private void forget() throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(FORGET);
    }
  }

  /** Whether verifications that nobody asked for have to wait. */
  public boolean isResting() {
    return restsUntil.isPresent();
  }

  /** A batch begins that carries such a verification. */
  public void began() {
    began = Optional.of(clock.instant());
  }

  /** A batch has been sent. */
  public void ended() {
    if (began.isPresent()) {
      var now = clock.instant();
      restsUntil = Optional.of(now.plus(Duration.between(began.get(), now).multipliedBy(REST)));
      began = Optional.empty();
    }
  }
}
