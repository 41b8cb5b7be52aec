package io.kreplica.source;

import io.kreplica.record.BatchId;
import io.kreplica.source.event.EventBuilder;
import io.kreplica.source.offset.Checks;
import io.kreplica.source.offset.SourceOffset;
import io.kreplica.source.read.CheckRequest;
import io.kreplica.source.read.RangeReader;
import java.sql.SQLException;
import java.util.Optional;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * A verification on its way, as far as one batch carries it: pieces of the ranges that were asked
 * for, until they are enough for one batch. Thread: the reader's.
 */
final class CheckInTransit {

  /** A batch carries pieces until they have so many rows, or are so many. */
  private static final long MOST_ROWS = 10_000;

  private static final int MOST_PIECES = 100;

  private final RangeReader ranges;
  private final EventBuilder events;
  private final BatchId batch;
  private final long epoch;

  private CheckRequest request;
  private boolean isAnswered;
  private int pieces;
  private long rows;

  CheckInTransit(
      CheckRequest request, RangeReader ranges, EventBuilder events, BatchId batch, long epoch) {
    this.request = request;
    this.ranges = ranges;
    this.events = events;
    this.batch = batch;
    this.epoch = epoch;
  }

  /**
   * The next record; empty behind the last of this batch.
   *
   * @param offset the offset behind the record, but for the request
   */
  Optional<SourceRecord> next(long rank, SourceOffset offset) throws SQLException {
    if (isAnswered || rows >= MOST_ROWS || pieces >= MOST_PIECES) {
      return Optional.empty();
    }
    var piece = ranges.next(request, events.leftOut(request.tableId()));
    pieces++;
    rows += piece.rows();
    var asked = request;
    isAnswered = (piece.endsAsked() && request.isInLastRange()) || piece.trouble().isPresent();
    request = request.behind(piece);
    return Optional.of(
        events.digest(piece, asked, batch, epoch, rank, offset.checking(progress(offset))));
  }

  private Checks progress(SourceOffset offset) {
    return isAnswered
        ? offset.checks().answered(request.kind(), request.id())
        : offset.checks().at(request.kind(), request.place().orElseThrow());
  }
}
