package io.kreplica.load;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Master and slave beside each other, table by table. While the master is at work they differ, even
 * if all is well; once it rests they must become equal.
 *
 * @param tables each table on both sides
 */
public record Comparison(List<Sides> tables) {

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);

  /** One table on both sides. */
  public record Sides(TableDigest master, TableDigest slave) {

    /** Whether they hold the same rows. */
    public boolean areEqual() {
      return master.rows() == slave.rows() && master.digest().equals(slave.digest());
    }
  }

  /** Compares tables that bear the same names on both sides. */
  public static Comparison of(Connection master, Connection slave, List<String> tables)
      throws SQLException {
    var ofMaster = TableDigest.ofAll(master, tables);
    var ofSlave = TableDigest.ofAll(slave, tables);
    var sides = new ArrayList<Sides>();
    for (var i = 0; i < tables.size(); i++) {
      sides.add(new Sides(ofMaster.get(i), ofSlave.get(i)));
    }
    return new Comparison(List.copyOf(sides));
  }

  /**
   * Compares again and again until all tables are equal or the time is over.
   *
   * @return the last comparison
   */
  public static Comparison await(
      ConnectionSource master, ConnectionSource slave, List<String> tables, Duration timeout)
      throws SQLException {
    var deadline = System.nanoTime() + timeout.toNanos();
    try (var onMaster = master.open();
        var onSlave = slave.open()) {
      while (true) {
        var start = System.nanoTime();
        var comparison = of(onMaster, onSlave, tables);
        var end = System.nanoTime();
        if (comparison.areEqual() || end > deadline) {
          return comparison;
        }
        // Digests of large tables cost something: rest as long as one took.
        LockSupport.parkNanos(Math.max(SHORTEST_PAUSE.toNanos(), end - start));
      }
    }
  }

  /** Whether all tables hold the same rows on both sides. */
  public boolean areEqual() {
    return tables.stream().allMatch(Sides::areEqual);
  }

  /** A line for each table. */
  @Override
  public String toString() {
    var text = new StringBuilder();
    for (var sides : tables) {
      text.append(
          String.format(
              "  %-20s %,12d rows  %s  %,12d rows  %s  %s%n",
              sides.master().table(),
              sides.master().rows(),
              sides.master().digest().substring(0, 12),
              sides.slave().rows(),
              sides.slave().digest().substring(0, 12),
              sides.areEqual() ? "equal" : "DIFFERENT"));
    }
    return text.toString();
  }
}
