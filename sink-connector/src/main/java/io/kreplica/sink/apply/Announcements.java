package io.kreplica.sink.apply;

import io.kreplica.record.TableName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * What is to be said of tables in the worker's log, of each at most every ten seconds: it is
 * gathered meanwhile. Used by the task's thread only.
 *
 * @param <T> gathers what is to be said of one table
 */
final class Announcements<T> {

  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private final Clock clock;
  private final Supplier<T> nothing;
  private final Map<TableName, T> unsaid = new LinkedHashMap<>();
  private final Map<TableName, Instant> saidAt = new HashMap<>();

  Announcements(Clock clock, Supplier<T> nothing) {
    this.clock = clock;
    this.nothing = nothing;
  }

  /** What has been gathered of a table, to add to. */
  T of(TableName table) {
    return unsaid.computeIfAbsent(table, name -> nothing.get());
  }

  /** Of this table nothing is to be said any more. */
  void drop(TableName table) {
    unsaid.remove(table);
  }

  /** Says what it is time for; the rest waits for the next time. */
  void say(BiConsumer<TableName, T> speaker) {
    if (!unsaid.isEmpty()) {
      unsaid.entrySet().removeIf(entry -> isSaid(entry.getKey(), entry.getValue(), speaker));
    }
  }

  private boolean isSaid(TableName table, T what, BiConsumer<TableName, T> speaker) {
    var said = saidAt.get(table);
    if (said != null && said.plus(INTERVAL).isAfter(clock.instant())) {
      return false;
    }
    saidAt.put(table, clock.instant());
    speaker.accept(table, what);
    return true;
  }
}
