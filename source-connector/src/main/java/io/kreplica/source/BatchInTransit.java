package io.kreplica.source;

import io.kreplica.record.Marker;
import io.kreplica.record.Operation;
import io.kreplica.record.SequenceValue;
import io.kreplica.source.event.EventBuilder;
import io.kreplica.source.offset.SourceOffset;
import io.kreplica.source.read.Batch;
import io.kreplica.source.read.CopiedRow;
import io.kreplica.source.read.CopyRequest;
import io.kreplica.source.read.Cursor;
import io.kreplica.source.read.LogEntry;
import io.kreplica.source.read.LogReader;
import io.kreplica.source.read.SequenceWatch;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * A batch on its way: begin marker, changes, a chunk of a copy perhaps, commit marker; handed out
 * piece by piece, each record with the offset at which the source would go on after it. Thread: the
 * reader's.
 */
final class BatchInTransit {

  private final Batch batch;
  private final String log;
  private final long epoch;
  private final LogReader reader;
  private final EventBuilder events;
  private final SequenceWatch sequences;
  private final int chunkRows;

  private final Cursor<LogEntry> changes;
  private Optional<LogEntry> nextChange;
  private Optional<Cursor<CopiedRow>> chunk = Optional.empty();
  private int chunkRowsSent;

  private SourceOffset offset;
  private long rank;
  private boolean isBegun;
  private boolean isComplete;

  BatchInTransit(
      Batch batch,
      String log,
      long epoch,
      SourceOffset offset,
      LogReader reader,
      EventBuilder events,
      SequenceWatch sequences,
      int chunkRows)
      throws SQLException {
    this.batch = batch;
    this.log = log;
    this.epoch = epoch;
    this.offset = offset;
    this.reader = reader;
    this.events = events;
    this.sequences = sequences;
    this.chunkRows = chunkRows;
    this.rank = batch.sentRank();
    this.changes = reader.changes(batch);
    this.nextChange = changes.next();
  }

  /** Whether there is nothing to send, not even the end of a half-sent batch. */
  boolean isEmpty() {
    return nextChange.isEmpty() && batch.copy().isEmpty() && offset.open().isEmpty();
  }

  /** Whether the commit marker has been handed out. */
  boolean isComplete() {
    return isComplete;
  }

  /** The offset behind the complete batch. */
  SourceOffset offsetBehind() {
    return offset;
  }

  /** About so many records, in order; fewer at the end of the batch. */
  List<SourceRecord> next(int about) throws SQLException {
    var records = new ArrayList<SourceRecord>(about + 2);
    if (!isBegun) {
      records.add(begin());
    }
    while (nextChange.isPresent() && records.size() < about) {
      records.add(change());
    }
    if (nextChange.isEmpty() && !isChunkSent(records, about)) {
      return records;
    }
    if (nextChange.isEmpty()) {
      records.add(commit());
    }
    return records;
  }

  private SourceRecord begin() throws SQLException {
    isBegun = true;
    offset = offset.within(batch.id(), batch.to(), rank);
    return events.marker(marker(Operation.BEGIN, false, List.of()), offset);
  }

  private SourceRecord change() throws SQLException {
    rank++;
    offset = offset.within(batch.id(), batch.to(), rank);
    var record = events.change(nextChange.get(), batch.id(), epoch, rank, offset);
    nextChange = changes.next();
    return record;
  }

  /** Adds rows of the chunk, if there is one; whether it is sent whole. */
  private boolean isChunkSent(List<SourceRecord> records, int about) throws SQLException {
    if (batch.copy().isEmpty()) {
      return true;
    }
    var request = batch.copy().get();
    if (chunk.isEmpty()) {
      chunk = Optional.of(reader.chunk(request, chunkRows));
    }
    while (records.size() < about) {
      var row = chunk.get().next();
      if (row.isEmpty()) {
        return true;
      }
      records.add(copied(row.get(), request));
    }
    return false;
  }

  private SourceRecord copied(CopiedRow row, CopyRequest request) throws SQLException {
    rank++;
    chunkRowsSent++;
    var record =
        events.copied(
            row, request, batch.id(), epoch, rank, offset.within(batch.id(), batch.to(), rank));
    offset = SourceOffset.ofMap(record.sourceOffset());
    return record;
  }

  private SourceRecord commit() throws SQLException {
    isComplete = true;
    var ends = batch.copy().isPresent() && chunkRowsSent < chunkRows;
    offset = offset.behind(batch.to());
    if (ends) {
      offset = offset.copied(batch.copy().get().id());
    }
    // The end of a copy is where a slave may have joined.
    var told = ends ? sequences.tellAll() : sequences.tellChanged();
    return events.marker(marker(Operation.COMMIT, ends, told), offset);
  }

  private Marker marker(Operation operation, boolean copyEnds, List<SequenceValue> told)
      throws SQLException {
    return new Marker(
        operation,
        log,
        batch.id(),
        epoch,
        batch.from(),
        batch.to(),
        rank,
        batch.copy().isPresent()
            ? Optional.of(events.copy(batch.copy().get(), copyEnds))
            : Optional.empty(),
        told);
  }
}
