package io.kreplica.record;

import java.util.Arrays;

/**
 * A position in the master's log: an MVCC snapshot, that is, the set of transactions that had
 * committed (or ended) at one instant. "Everything up to position P" means every log row whose
 * transaction P {@linkplain #contains contains}.
 *
 * <p>The text form is PostgreSQL's {@code pg_snapshot}: {@code xmin:xmax:xip,xip}. All transactions
 * below xmin are contained, none from xmax on is, and between them all but those in the list. See
 * the PostgreSQL manual, "System Information Functions and Operators", {@code pg_snapshot}
 * components.
 *
 * <p>Positions of one log are totally ordered by {@link #containsAll}, because a transaction that
 * has ended stays so. Instances are canonical (two that contain the same transactions are equal)
 * and immutable.
 */
public final class LogPosition {

  /** The beginning of the log: contains no transaction. */
  public static final LogPosition BEGINNING = new LogPosition(1, new long[0]);

  private static final long[] NONE = new long[0];

  private final long xmax;
  private final long[] inProgress;

  /** The text form, once it was asked for: every record of a batch carries those of its ends. */
  private String text;

  private LogPosition(long xmax, long[] sortedInProgress) {
    var top = xmax;
    var n = sortedInProgress.length;
    while (n > 0 && sortedInProgress[n - 1] >= top - 1) {
      if (sortedInProgress[n - 1] == top - 1) {
        top--;
      }
      n--;
    }
    this.xmax = top;
    this.inProgress =
        n == sortedInProgress.length ? sortedInProgress : Arrays.copyOf(sortedInProgress, n);
  }

  /**
   * Reads PostgreSQL's text form of a {@code pg_snapshot}.
   *
   * @throws IllegalArgumentException if the text is not one; the message names it
   */
  public static LogPosition parse(String text) {
    try {
      var first = text.indexOf(':');
      var second = text.indexOf(':', first + 1);
      var xmin = Long.parseLong(text, 0, first, 10);
      var xmax = Long.parseLong(text, first + 1, second, 10);
      var list = text.substring(second + 1);
      var xip = list.isEmpty() ? NONE : parseList(list);
      if (xmin <= 0 || xmax < xmin || !isAscendingBetween(xip, xmin, xmax)) {
        throw malformed(text, null);
      }
      return new LogPosition(xmax, xip);
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw malformed(text, e);
    }
  }

  private static long[] parseList(String list) {
    return Arrays.stream(list.split(",", -1)).mapToLong(Long::parseLong).toArray();
  }

  private static boolean isAscendingBetween(long[] xip, long xmin, long xmax) {
    var previous = xmin - 1;
    for (var xid : xip) {
      if (xid <= previous || xid >= xmax) {
        return false;
      }
      previous = xid;
    }
    return true;
  }

  private static IllegalArgumentException malformed(String text, Exception cause) {
    return new IllegalArgumentException(
        "Cannot read a log position from '" + text + "': it is not of the form xmin:xmax:xip,xip",
        cause);
  }

  /** The first transaction id that had not ended: log rows below it are all contained. */
  public long xmin() {
    return inProgress.length == 0 ? xmax : inProgress[0];
  }

  /** The first transaction id from which on none is contained. */
  public long xmax() {
    return xmax;
  }

  /** The transactions below {@link #xmax} that are not contained, ascending. */
  public long[] inProgress() {
    return inProgress.clone();
  }

  /** Whether the transaction had ended at this position. */
  public boolean contains(long xid) {
    return xid < xmax && Arrays.binarySearch(inProgress, xid) < 0;
  }

  /** Whether every transaction that {@code other} contains is contained here too. */
  public boolean containsAll(LogPosition other) {
    for (var xid : inProgress) {
      if (other.contains(xid)) {
        return false;
      }
    }
    for (var xid = xmax; xid < other.xmax; xid++) {
      if (other.contains(xid)) {
        return false;
      }
    }
    return true;
  }

  /** Whether this position lies truly after {@code other}. */
  public boolean isAfter(LogPosition other) {
    return !equals(other) && containsAll(other);
  }

  /** The position that contains what either of the two contains. */
  public LogPosition merge(LogPosition other) {
    return xmax >= other.xmax ? mergeLower(other) : other.mergeLower(this);
  }

  private LogPosition mergeLower(LogPosition lower) {
    return new LogPosition(
        xmax, Arrays.stream(inProgress).filter(xid -> !lower.contains(xid)).toArray());
  }

  /**
   * This position without the given transaction. A writer's own snapshot leaves out the writer
   * itself; a checkpoint that it stores counts it as in progress.
   */
  public LogPosition withInProgress(long xid) {
    if (!contains(xid)) {
      return this;
    }
    var xip = Arrays.copyOf(inProgress, inProgress.length + 1);
    xip[inProgress.length] = xid;
    Arrays.sort(xip);
    return new LogPosition(xmax, xip);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof LogPosition other
        && xmax == other.xmax
        && Arrays.equals(inProgress, other.inProgress);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(xmax) + Arrays.hashCode(inProgress);
  }

  /** PostgreSQL's text form, which {@link #parse} and a cast to {@code pg_snapshot} read. */
  @Override
  public String toString() {
    var known = text;
    if (known == null) {
      known = format();
      text = known;
    }
    return known;
  }

  private String format() {
    var written = new StringBuilder().append(xmin()).append(':').append(xmax).append(':');
    for (var i = 0; i < inProgress.length; i++) {
      written.append(i == 0 ? "" : ",").append(inProgress[i]);
    }
    return written.toString();
  }
}
