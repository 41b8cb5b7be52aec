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
    /** The change does not tell, and what earlier ones of the key told does not hold. */
    REVISED,
    ABSENT,
    PRESENT
  }

  /** The change tells nothing. */
  public static final Expectation NONE = new Expectation(Presence.UNKNOWN, null);

  /**
   * The row as it stood when it was logged. A statement inside another is logged first: what it
   * told of the row may have been the other's doing, not the slave's.
   */
  public static final Expectation REVISED = new Expectation(Presence.REVISED, null);

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
    return presence == Presence.ABSENT || presence == Presence.PRESENT;
  }

  /** Whether nothing holds that earlier changes of the key told. */
  public boolean isRevising() {
    return presence == Presence.REVISED;
  }

  /** What both changes of a key tell of the row that the first one finds. */
  public Expectation with(Expectation later) {
    return later.isRevising() ? later : this;
  }
}
