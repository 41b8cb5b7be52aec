package io.kreplica.source.read;

import io.kreplica.record.KeyRange;
import io.kreplica.record.RangeDigest;
import java.util.Optional;

/**
 * A piece of a range of a table's keys, as it is in the snapshot of the batch.
 *
 * @param range the piece
 * @param endsAsked whether nothing of the range that was asked for is left behind it
 * @param rows how many rows it has
 * @param digest their digest
 * @param layout what is digested, and how
 * @param trouble why it could not be read, if it could not
 */
public record RangePiece(
    KeyRange range,
    boolean endsAsked,
    long rows,
    String digest,
    RangeDigest.Layout layout,
    Optional<String> trouble) {

  /** What stands for a piece that could not be read: nothing more of the request can be. */
  static RangePiece unreadable(KeyRange rest, String trouble) {
    return new RangePiece(rest, true, 0, "0", RangeDigest.Layout.NONE, Optional.of(trouble));
  }
}
