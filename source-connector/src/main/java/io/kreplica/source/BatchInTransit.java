package io.kreplica.source;

import io.kreplica.record.EventHeaders;
import io.kreplica.record.Marker;
import io.kreplica.record.Operation;
import io.kreplica.record.Part;
import io.kreplica.record.SequenceValue;
import io.kreplica.record.Tallies;
import io.kreplica.record.Tally;
import io.kreplica.source.event.EventBuilder;
import io.kreplica.source.event.RowRecords;
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
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * A batch on its way: begin marker, changes, a chunk of a copy or pieces of a verification perhaps,
 * commit marker; handed out piece by piece, each record with the offset at which the source would
 * go on after it. Thread: the reader's.
 */
final class BatchInTransit {

  /** So many characters are handed out at a time, or one record. */
  private static final long LONGEST_PIECE = 4L << 20;

  /** A chunk ends early behind so much, so that changes do not wait for long. */
  private static final long LONGEST_CHUNK = 64L << 20;

  private final Batch batch;
  private final String log;
  private final long epoch;
  private final LogReader reader;
  private final EventBuilder events;
  private final SequenceWatch sequences;
  private final int chunkRows;
  private final int recordBytes;

  private final Cursor<LogEntry> changes;
  private Optional<LogEntry> nextChange;
  private final Optional<CheckInTransit> check;
  private final Tallies sent = new Tallies();
  private Optional<Cursor<CopiedRow>> chunk = Optional.empty();
  private Optional<RowRecords> row = Optional.empty();
  private long rowLength;
  private int chunkRowsSent;
  private long chunkLengthSent;

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
      int chunkRows,
      int recordBytes)
      throws SQLException {
    this.batch = batch;
    this.log = log;
    this.epoch = epoch;
    this.offset = offset;
    this.reader = reader;
    this.events = events;
    this.sequences = sequences;
    this.chunkRows = chunkRows;
    this.recordBytes = recordBytes;
    this.rank = batch.sentRank();
    this.changes = reader.changes(batch);
    this.nextChange = changes.next();
    this.check =
        batch.check().map(asked -> new CheckInTransit(asked, reader, events, batch.id(), epoch));
  }

  /** Whether there is nothing to send, not even the end of a half-sent batch. */
  boolean isEmpty() {
    return nextChange.isEmpty()
        && batch.copy().isEmpty()
        && batch.check().isEmpty()
        && offset.open().isEmpty();
  }

  /** Whether the commit marker has been handed out. */
  boolean isComplete() {
    return isComplete;
  }

  /** The offset behind the complete batch. */
  SourceOffset offsetBehind() {
    return offset;
  }

  /** About so many records, in order; fewer where they are large, and at the end of the batch. */
  List<SourceRecord> next(int about) throws SQLException {
    var records = new ArrayList<SourceRecord>(about + 2);
    var length = 0L;
    if (!isBegun) {
      records.add(begin());
    }
    while (records.size() < about && length < LONGEST_PIECE && isRowAhead()) {
      var record = row.get().next();
      if (record == null) {
        row = Optional.empty();
      } else {
        records.add(record);
        length += lengthOf(record);
        chunkLengthSent += chunk.isPresent() ? lengthOf(record) : 0;
        note(record, EventHeaders.operation(record.headers()));
      }
    }
    if (!isRowAhead()) {
      records.add(commit());
    }
    return records;
  }

  /** About how many characters a record has, at most. */
  private long lengthOf(SourceRecord record) {
    return record.value() instanceof Struct value && value.schema() == Part.SCHEMA
        ? value.getString("data").length()
        : Math.min(rowLength, recordBytes);
  }

  /** Whether a row is begun, or there is another, which is begun then. */
  private boolean isRowAhead() throws SQLException {
    if (row.isEmpty() && nextChange.isPresent()) {
      row = Optional.of(change(nextChange.get()));
      nextChange = changes.next();
    } else if (row.isEmpty() && batch.copy().isPresent()) {
      row = nextCopied(batch.copy().get());
    } else if (row.isEmpty() && check.isPresent()) {
      row = nextChecked(check.get());
    }
    return row.isPresent();
  }

  private SourceRecord begin() throws SQLException {
    isBegun = true;
    offset = offset.within(batch.id(), batch.to(), rank);
    return events.marker(marker(Operation.BEGIN, false, List.of(), Map.of()), offset);
  }

  private RowRecords change(LogEntry entry) throws SQLException {
    var before = offset;
    rank++;
    rowLength = entry.length();
    offset = offset.within(batch.id(), batch.to(), rank);
    return events.change(entry, batch.id(), epoch, rank, before, offset);
  }

  /** The next row of the chunk, unless it has been sent whole, or enough of it. */
  private Optional<RowRecords> nextCopied(CopyRequest request) throws SQLException {
    if (chunk.isEmpty()) {
      chunk = Optional.of(reader.chunk(request, chunkRows));
    }
    if (chunkLengthSent > LONGEST_CHUNK) {
      return Optional.empty();
    }
    var copied = chunk.get().next();
    if (copied.isEmpty()) {
      return Optional.empty();
    }
    var before = offset;
    rank++;
    chunkRowsSent++;
    rowLength = copied.get().length();
    offset = offset.within(batch.id(), batch.to(), rank);
    return Optional.of(
        events.copied(copied.get(), request, batch.id(), epoch, rank, before, offset));
  }

  private Optional<RowRecords> nextChecked(CheckInTransit answer) throws SQLException {
    var behind = offset.within(batch.id(), batch.to(), rank + 1);
    var records = answer.next(rank + 1, offset, behind);
    if (records.isPresent()) {
      rank++;
      rowLength = answer.length();
      offset = behind;
    }
    return records;
  }

  /** Counts it; a row of a copy, and a digest, know where the copy or verification would go on. */
  private void note(SourceRecord record, Operation operation) {
    if (operation.isTallied()) {
      sent.add(record);
    }
    if ((chunk.isPresent() && operation == Operation.COPY) || operation == Operation.VERIFY) {
      offset = SourceOffset.ofMap(record.sourceOffset());
    }
  }

  private SourceRecord commit() throws SQLException {
    isComplete = true;
    var isCut = chunkRowsSent == chunkRows || chunkLengthSent > LONGEST_CHUNK;
    var ends = batch.copy().isPresent() && !isCut;
    offset = offset.behind(batch.to());
    if (ends) {
      offset = offset.copied(batch.copy().get().id());
    }
    // The end of a copy is where a slave may have joined.
    var told = ends ? sequences.tellAll() : sequences.tellChanged();
    return events.marker(marker(Operation.COMMIT, ends, told, sent.byTable()), offset);
  }

  private Marker marker(
      Operation operation, boolean copyEnds, List<SequenceValue> told, Map<String, Tally> tallies)
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
        told,
        tallies);
  }
}
