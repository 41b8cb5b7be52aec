package io.kreplica.sink.apply;

import io.kreplica.record.TableName;
import io.kreplica.sink.change.Change;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the worker's log what verifications found, once it is committed: ranges that differ, for
 * each table at most every ten seconds; why something is not compared, once. Used by the task's
 * thread only.
 */
final class Findings {

  private static final Logger LOG = LoggerFactory.getLogger(Findings.class);
  private static final int NAMED_RANGES = 5;

  private final TableMap map;
  private final Totals totals;
  private final List<Runnable> open = new ArrayList<>();
  private final Announcements<Ranges> unsaid;
  private final Set<String> saidOnce = new HashSet<>();

  Findings(TableMap map, Totals totals, Clock clock) {
    this.map = map;
    this.totals = totals;
    this.unsaid = new Announcements<>(clock, Ranges::new);
  }

  /** Ranges of one table that differ. */
  private static final class Ranges {
    private long count;
    private final List<String> ranges = new ArrayList<>();

    void add(String range) {
      count++;
      if (ranges.size() < NAMED_RANGES) {
        ranges.add(range);
      }
    }

    @Override
    public String toString() {
      return count
          + (count == 1 ? " range (" : " ranges (")
          + String.join("; ", ranges)
          + (count > ranges.size() ? "; …)" : ")");
    }
  }

  void isEqual(boolean isRepaired) {
    open.add(() -> totals.compared(false, isRepaired));
  }

  /** So many ranges of all tables differ by now. */
  void differNow(long ranges) {
    open.add(() -> totals.differNow(ranges));
  }

  void differs(Change.Verification verification, long slaveRows) {
    var digest = verification.digest();
    var range = digest.piece() + ": " + digest.rows() + " rows there, " + slaveRows + " here";
    open.add(
        () -> {
          totals.compared(true, false);
          unsaid.of(verification.table()).add(range);
        });
  }

  void notCompared(TableName table, String why) {
    open.add(
        () -> {
          totals.notCompared();
          if (saidOnce.add(table + why)) {
            LOG.warn("Cannot compare {} with the master's {}: {}.", map.target(table), table, why);
          }
        });
  }

  /** Says of a table, once, that it is not verified. */
  void leftOut(TableName table, String why) {
    open.add(
        () -> {
          unsaid.drop(table);
          if (saidOnce.add(table + why)) {
            LOG.warn(
                "{} is left out when tables are verified, until it is copied again: its {}. A"
                    + " transform of the source's or of this connector does it, or a converter that"
                    + " refuses records which errors.tolerance passes over.",
                map.target(table),
                why);
          }
        });
  }

  void ended(TableName table, VerificationRun run) {
    open.add(
        () -> {
          if (run.notCompared().isEmpty()) {
            LOG.info(
                "Compared {} with the master's {}: {} rows in {} ranges, {} of which differ, {} were"
                    + " repaired",
                map.target(table),
                table,
                run.rows(),
                run.ranges(),
                run.differing(),
                run.repaired());
          }
        });
  }

  void committed() {
    open.forEach(Runnable::run);
    open.clear();
    unsaid.say(this::say);
  }

  private void say(TableName table, Ranges ranges) {
    LOG.warn(
        "Rows of {} are not as the master's {} are: {}. See replica.verification on the slave.",
        map.target(table),
        table,
        ranges);
  }

  void rolledBack() {
    open.clear();
  }
}
