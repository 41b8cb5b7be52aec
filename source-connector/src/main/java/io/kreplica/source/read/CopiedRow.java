package io.kreplica.source.read;

/**
 * A row of a copy.
 *
 * @param row the row as JSON; null for a row too large to be held
 * @param image the row as PostgreSQL's record text, where the table needs it; else null
 * @param stored where the row lies if it is too large to be held; else null
 */
public record CopiedRow(String row, String image, StoredRow stored) {

  /** A row that is held. */
  public CopiedRow(String row, String image) {
    this(row, image, null);
  }

  /** About how large it is, in characters or bytes. */
  public long length() {
    return stored == null ? row.length() + (image == null ? 0L : image.length()) : stored.bytes();
  }
}
