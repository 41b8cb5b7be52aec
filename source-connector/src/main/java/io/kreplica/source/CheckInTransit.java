package io.kreplica.source;

import io.kreplica.record.BatchId;
import io.kreplica.source.event.EventBuilder;
import io.kreplica.source.event.RowRecords;
import io.kreplica.source.offset.Checks;
import io.kreplica.source.offset.SourceOffset;
import io.kreplica.source.read.CheckRequest;
import io.kreplica.source.read.CopiedRow;
import io.kreplica.source.read.Cursor;
import io.kreplica.source.read.LogReader;
import io.kreplica.source.read.RangePiece;
import io.kreplica.source.read.RangeReader;
import java.sql.SQLException;
import java.util.Optional;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * A verification or repair on its way, as far as one batch carries it: pieces of the ranges that
 * were asked for, until they are enough for one batch. Of a repair each piece's rows come before
 * its digest. Thread: the reader's.
 */
final class CheckInTransit {

  /** A batch carries pieces until they have so many rows, or are so many. */
  private static final long MOST_ROWS = 10_000;

  private static final int MOST_PIECES = 100;

  /** About so many characters a digest takes. */
  private static final long DIGEST_LENGTH = 1_000;

  private final LogReader reader;
  private final RangeReader ranges;
  private final EventBuilder events;
  private final BatchId batch;
  private final long epoch;

  private CheckRequest request;
  private Optional<RangePiece> piece = Optional.empty();
  private Optional<Cursor<CopiedRow>> unsent = Optional.empty();
  private long length;
  private boolean isAnswered;
  private int pieces;
  private long rows;

  CheckInTransit(
      CheckRequest request, LogReader reader, EventBuilder events, BatchId batch, long epoch) {
    this.request = request;
    this.reader = reader;
    this.ranges = reader.ranges();
    this.events = events;
    this.batch = batch;
    this.epoch = epoch;
  }

  /**
   * The records of the next row, or of a piece's digest, whose offset says how far the request has
   * come; empty behind the last of this batch.
   *
   * @param before the offset before them
   * @param offset the offset behind them, but for the request
   */
  Optional<RowRecords> next(long rank, SourceOffset before, SourceOffset offset)
      throws SQLException {
    if (piece.isEmpty() && !openPiece()) {
      return Optional.empty();
    }
    if (unsent.isPresent()) {
      var row = unsent.get().next();
      if (row.isPresent()) {
        length = row.get().length();
        return Optional.of(
            events.repairing(row.get(), request, batch, epoch, rank, before, offset));
      }
      unsent.get().close();
      unsent = Optional.empty();
    }
    length = DIGEST_LENGTH;
    return Optional.of(RowRecords.of(digest(rank, offset)));
  }

  /** About how many characters the last record has, or its row. */
  long length() {
    return length;
  }

  private boolean openPiece() throws SQLException {
    if (isAnswered || rows >= MOST_ROWS || pieces >= MOST_PIECES) {
      return false;
    }
    var next = ranges.next(request, events.leftOut(request.tableId()));
    pieces++;
    rows += next.rows();
    piece = Optional.of(next);
    if (request.isRepair() && next.trouble().isEmpty()) {
      unsent = Optional.of(reader.rows(request, next));
    }
    return true;
  }

  private SourceRecord digest(long rank, SourceOffset offset) throws SQLException {
    var sent = piece.orElseThrow();
    var asked = request;
    piece = Optional.empty();
    isAnswered = request.endsWith(sent);
    request = request.behind(sent);
    return events.digest(sent, asked, batch, epoch, rank, offset.checking(progress(offset)));
  }

  private Checks progress(SourceOffset offset) {
    return isAnswered
        ? offset.checks().answered(request.kind(), request.id())
        : offset.checks().at(request.kind(), request.place().orElseThrow());
  }
}
