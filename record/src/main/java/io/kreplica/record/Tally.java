package io.kreplica.record;

/**
 * What a batch brings of one table.
 *
 * @param records how many records: changes, rows of copies and repairs
 * @param digest a digest of their keys and values, whatever their order
 */
public record Tally(long records, long digest) {

  /** Of a table of which nothing came. */
  public static final Tally NONE = new Tally(0, 0);

  /**
   * Reads what {@link #toString} wrote.
   *
   * @throws IllegalArgumentException if it is not two numbers
   */
  public static Tally parse(String text) {
    var space = text.indexOf(' ');
    return new Tally(
        Long.parseLong(text.substring(0, Math.max(space, 0))),
        Long.parseLong(text.substring(space + 1)));
  }

  /** Both numbers, as a marker has them. */
  @Override
  public String toString() {
    return records + " " + digest;
  }
}
