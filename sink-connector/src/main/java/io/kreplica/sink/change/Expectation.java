package io.kreplica.sink.change;

/**
 * What a change tells of the row that it finds on the slave, if that is as the master's was.
 *
 * @param presence whether it finds one
 * @param old the row as the master had it before, as JSON of PostgreSQL's; null if the record does
 *     not tell
 */
public record Expectation(Presence presence, String old) {

  /** Whether there is a row. */
  public enum Presence {
    /** The change does not tell. */
    UNKNOWN,
    ABSENT,
    PRESENT
  }

  /** The change tells nothing. */
  public static final Expectation NONE = new Expectation(Presence.UNKNOWN, null);

  /** There is no row of the key. */
  public static final Expectation ABSENT = new Expectation(Presence.ABSENT, null);

  /** There is a row of the key. */
  public static final Expectation PRESENT = new Expectation(Presence.PRESENT, null);

  /** There is this row, unless its key is another: then it tells nothing of the change's key. */
  public static Expectation of(String old) {
    return new Expectation(Presence.PRESENT, old);
  }

  /** Whether the change tells anything. */
  public boolean isTelling() {
    return presence != Presence.UNKNOWN;
  }
}
