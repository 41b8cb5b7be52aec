package io.kreplica.source.read;

import io.kreplica.record.CheckKind;
import io.kreplica.record.KeyRange;
import io.kreplica.source.offset.Progress;
import java.util.List;
import java.util.Optional;

/**
 * Ranges of a table's keys to be verified or repaired, and where that stands.
 *
 * @param id the request
 * @param kind why they are looked at
 * @param tableId the table, by its number in {@code replica.tracked_table}
 * @param slave the only slave it is for, if there is one
 * @param ranges the ranges, at least one
 * @param rowsPerRange they are taken in pieces of so many rows
 * @param byText whether keys are ordered by the code points of their texts
 * @param place where it stands; empty before the first piece
 */
public record CheckRequest(
    long id,
    CheckKind kind,
    int tableId,
    Optional<String> slave,
    List<KeyRange> ranges,
    int rowsPerRange,
    boolean byText,
    Optional<Progress.UnderWay> place) {

  /** Whether rows are to be sent, too. */
  public boolean isRepair() {
    return kind == CheckKind.REPAIR;
  }

  /** Whether nobody but the interval asked. */
  public boolean isUnasked() {
    return kind == CheckKind.INTERVAL;
  }

  /** The range that was asked for and is to be taken next, from its beginning. */
  public KeyRange asked() {
    return ranges.get(index());
  }

  /** What is left of it. */
  public KeyRange rest() {
    return place.flatMap(Progress.UnderWay::key).map(key -> asked().behind(key)).orElse(asked());
  }

  /** Whether nothing more of it can be sent behind a piece. */
  public boolean endsWith(RangePiece piece) {
    return (piece.endsAsked() && index() == ranges.size() - 1) || piece.trouble().isPresent();
  }

  /** The same, with a piece sent. */
  public CheckRequest behind(RangePiece piece) {
    var next =
        piece.endsAsked()
            ? new Progress.UnderWay(id, index() + 1, Optional.empty())
            : new Progress.UnderWay(id, index(), piece.range().to());
    return new CheckRequest(
        id, kind, tableId, slave, ranges, rowsPerRange, byText, Optional.of(next));
  }

  private int index() {
    return place.map(Progress.UnderWay::range).orElse(0);
  }
}
