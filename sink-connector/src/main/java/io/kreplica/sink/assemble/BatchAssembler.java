package io.kreplica.sink.assemble;

import io.kreplica.record.BatchId;
import io.kreplica.record.EventHeaders;
import io.kreplica.record.HeaderValues;
import io.kreplica.record.Marker;
import io.kreplica.record.Operation;
import io.kreplica.record.Part;
import io.kreplica.record.PartedColumns;
import io.kreplica.record.SchemaCommand;
import io.kreplica.sink.assemble.OpenBatch.Fate;
import io.kreplica.sink.change.Change;
import io.kreplica.sink.change.RowReader;
import io.kreplica.sink.position.Position;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Assembles records into complete batches. It stands between the consumer and the slave and decides
 * alone what is new, what is a duplicate, and what is a gap; it does no I/O. Used by the task's
 * thread only. What it guarantees:
 *
 * <ul>
 *   <li>A. A batch is complete only if its BEGIN and its COMMIT were seen, and everything between
 *       them that reached the topic passed here.
 *   <li>B. A complete batch begins at or before the position that is applied, and ends after it: no
 *       change between the two is missing.
 *   <li>C. No change is handed out that the applied position contains, and none twice, except to
 *       take up again from a position given to {@link #startAt}.
 *   <li>D. A record of an epoch below the highest seen changes nothing.
 * </ul>
 */
public final class BatchAssembler {

  private static final Logger LOG = LoggerFactory.getLogger(BatchAssembler.class);

  /** What became of a record. */
  public enum Step {
    /** It is held, or has completed a batch. */
    TAKEN,
    /** It is applied already, or not for this slave. */
    SKIPPED,
    /** It belongs to a transaction that is set aside, and is only noted. */
    SET_ASIDE,
    /** It began another batch, and a part of the unfinished one had been handed out: undo that. */
    ABANDONED
  }

  private static final long MOST_HELD = 4L << 20;

  private final String slave;
  private final Parts parts;
  private final RowReader rows = new RowReader();
  private final Expectations expectations;
  private final LongFunction<Optional<String>> whyAside;

  private Optional<Position> applied = Optional.empty();
  private String log;
  private long epoch;
  private OpenBatch open;
  private BatchId headless;
  private final CompleteBatches complete = new CompleteBatches();
  private Change.Origin origin = new Change.Origin(0, "");

  /**
   * Makes an assembler.
   *
   * @param slave the slave's name, by which a copy may be addressed to it
   */
  public BatchAssembler(String slave) {
    this(slave, false, MOST_HELD, xid -> Optional.empty());
  }

  /**
   * Makes an assembler.
   *
   * @param slave the slave's name, by which a copy may be addressed to it
   * @param expects whether changes tell what they expect to find
   * @param mostHeld up to how many characters large values of a row are put together in memory
   * @param whyAside why a transaction is set aside; empty if it is not
   */
  public BatchAssembler(
      String slave, boolean expects, long mostHeld, LongFunction<Optional<String>> whyAside) {
    this.slave = slave;
    this.whyAside = whyAside;
    this.expectations = new Expectations(expects);
    this.parts = new Parts(mostHeld);
  }

  /** Forgets everything and goes on from a position; empty if the slave has applied nothing. */
  public void startAt(Optional<Position> position) {
    applied = position;
    log = position.map(Position::log).orElse(null);
    epoch = position.map(Position::epoch).orElse(0L);
    open = null;
    complete.clear();
  }

  /**
   * Takes the next record of the topic.
   *
   * @throws ConnectException if it is not KReplica's, or if something before it is missing
   */
  public Step add(SinkRecord record) {
    try {
      var headers = HeaderValues.of(record.headers());
      var operation = headers.operation();
      return operation.isMarker()
          ? addMarker(record, operation)
          : addChange(record, headers.event());
    } catch (DataException e) {
      throw Stops.unreadable(record, e);
    }
  }

  private Step addMarker(SinkRecord record, Operation operation) {
    var marker = Marker.ofValue(record.value());
    if (marker.operation() != operation) {
      throw new DataException("Cannot read a marker: its header and its value disagree.");
    }
    if (isStale(marker.epoch())) {
      return Step.SKIPPED;
    }
    if (log != null && !log.equals(marker.log())) {
      throw Stops.foreignLog(record, log, marker);
    }
    if (isRepeated(marker.batch(), marker.epoch())) {
      return Step.SKIPPED;
    }
    return operation == Operation.BEGIN ? begin(record, marker) : commit(record, marker);
  }

  private Step begin(SinkRecord record, Marker marker) {
    if (open != null && open.id().equals(marker.batch())) {
      open.resume(marker);
      return Step.TAKEN;
    }
    if (open != null && open.epoch() == marker.epoch()) {
      throw Stops.missingMarker(record, "the commit marker of batch " + open.name());
    }
    var abandoned = open != null && open.isPartlyTaken();
    if (open != null) {
      LOG.info(
          "Batch {} was left unfinished by its source; {} follows", open.name(), marker.batch());
    }
    open = new OpenBatch(marker, fate(record, marker), parts);
    return abandoned ? Step.ABANDONED : Step.TAKEN;
  }

  private Fate fate(SinkRecord record, Marker marker) {
    if (applied.isEmpty()) {
      if (marker.rank() > 0) {
        LOG.info("Skipping batch {}: its beginning is no longer on the topic", marker.batch());
        return Fate.HEADLESS;
      }
      LOG.info("Joining log {} at {}, batch {}", marker.log(), marker.from(), marker.batch());
      log = marker.log();
      return Fate.TAKEN;
    }
    var snapshot = applied.get().snapshot();
    if (snapshot.containsAll(marker.to())) {
      return Fate.DUPLICATE;
    }
    if (!snapshot.containsAll(marker.from()) || marker.rank() > 0) {
      throw Stops.gap(record, applied.get(), marker);
    }
    return Fate.TAKEN;
  }

  private Step commit(SinkRecord record, Marker marker) {
    if (open == null) {
      if (applied.isPresent() && !applied.get().snapshot().containsAll(marker.to())) {
        throw Stops.gap(record, applied.get(), marker);
      }
      noteSequencesOfDuplicate(marker);
      return Step.SKIPPED;
    }
    if (!open.id().equals(marker.batch()) || open.epoch() != marker.epoch()) {
      throw Stops.missingMarker(record, "the begin marker of batch " + marker.batch());
    }
    var batch = open;
    open = null;
    if (!batch.isTaken()) {
      noteSequencesOfDuplicate(marker);
      return Step.SKIPPED;
    }
    complete.noteSequences(marker);
    endCopy(batch, marker);
    batch.arrivals().differencesFrom(marker).forEach(altered -> batch.add(altered, 0));
    var end =
        new Position(log, marker.to(), marker.epoch(), batch.name(), record.originalKafkaOffset());
    complete.add(batch, end);
    applied = Optional.of(end);
    return Step.TAKEN;
  }

  /** A source that starts tells all once, though it may send a batch again; old tales are old. */
  private void noteSequencesOfDuplicate(Marker marker) {
    if (applied.isPresent() && marker.epoch() > applied.get().epoch()) {
      complete.noteSequences(marker);
    }
  }

  private void endCopy(OpenBatch batch, Marker marker) {
    var copy = marker.copy().filter(c -> c.isFor(slave));
    batch
        .copyToBegin(copy)
        .ifPresent(c -> batch.add(new Change.CopyBegun(c.table(), c.request()), 0));
    copy.filter(Marker.Copy::ends)
        .ifPresent(c -> batch.add(new Change.CopyEnded(c.table(), c.request()), 0));
  }

  private Step addChange(SinkRecord record, EventHeaders headers) {
    if (isStale(headers.epoch())) {
      return Step.SKIPPED;
    }
    if (open == null || !open.id().equals(headers.batch()) || open.epoch() != headers.epoch()) {
      return addWithoutBegin(record, headers);
    }
    if (open.isTaken()) {
      open.arrivals().add(record, headers);
    }
    if (headers.operation() == Operation.PART) {
      return addPart(record, headers);
    }
    if (!open.isTaken() || !open.advanceTo(headers.rank()) || isApplied(headers)) {
      return Step.SKIPPED;
    }
    if (headers.check() != 0) {
      return addChecked(record, headers);
    }
    var reason = headers.isCopied() ? Optional.<String>empty() : whyAside.apply(headers.xid());
    if (reason.isPresent()) {
      return setAside(record, headers, reason.get());
    }
    return headers.operation() == Operation.COPY
        ? addCopied(record, headers)
        : hold(record, headers);
  }

  /** What belongs to a verification or repair stands behind the changes of its batch. */
  private Step addChecked(SinkRecord record, EventHeaders headers) {
    if (isForAnother(headers)) {
      return Step.SKIPPED;
    }
    if (headers.operation() == Operation.VERIFY) {
      var verification = Change.Verification.of(headers, record.value(), open.begin().to());
      open.add(verification, Footprint.of(verification));
    } else {
      origin = new Change.Origin(0, open.name());
      var row = row(record, headers);
      open.add(new Change.RowToRepair(row), Footprint.of(row));
      parts.clear();
    }
    return Step.TAKEN;
  }

  private Step addPart(SinkRecord record, EventHeaders headers) {
    if (!open.isTaken()
        || open.isBehind(headers.rank())
        || isApplied(headers)
        || isForAnother(headers)) {
      return Step.SKIPPED;
    }
    if (headers.isLogged() && whyAside.apply(headers.xid()).isPresent()) {
      return Step.SET_ASIDE;
    }
    for (var part : parts.add(headers.rank(), Part.ofValue(record.value()))) {
      open.add(part, Footprint.of(part));
    }
    return Step.TAKEN;
  }

  private Step setAside(SinkRecord record, EventHeaders headers, String reason) {
    var place = new Change.Origin(headers.xid(), open.name());
    if (headers.operation() == Operation.TRUNCATE) {
      open.add(new Change.SetAside(headers.table(), "", place, reason), 0);
    } else if (headers.operation() != Operation.SCHEMA) {
      var row = rows.read(record, headers.table(), headers.operation(), place);
      var key = row.shape().describeKey(row.values());
      open.add(new Change.SetAside(headers.table(), key, place, reason), key.length());
    }
    parts.clear();
    return Step.SET_ASIDE;
  }

  private boolean isForAnother(EventHeaders headers) {
    return headers.slave().isPresent() && !headers.slave().get().equals(slave);
  }

  private Step addWithoutBegin(SinkRecord record, EventHeaders headers) {
    if (isRepeated(headers.batch(), headers.epoch())) {
      return Step.SKIPPED;
    }
    if (open != null) {
      throw Stops.missingMarker(record, "the begin marker of batch " + headers.batch());
    }
    if (applied.isEmpty()) {
      warnOfHeadless(headers.batch());
    }
    // What does not come from the log has no transaction; its batch's commit marker will tell.
    if (applied.isEmpty() || !headers.isLogged() || isApplied(headers)) {
      return Step.SKIPPED;
    }
    throw Stops.gap(record, applied.get(), headers);
  }

  /** Where a slave joins the topic may begin within a batch, but not within every one. */
  private void warnOfHeadless(BatchId batch) {
    if (!batch.equals(headless)) {
      headless = batch;
      LOG.warn(
          "Skipping what is on the topic of batch {}, as its begin marker is not. If this goes on, a"
              + " transform drops markers: spare records whose header replica.op is B or C, and have"
              + " the tables copied again",
          batch);
    }
  }

  private Step addCopied(SinkRecord record, EventHeaders headers) {
    if (isForAnother(headers)) {
      return Step.SKIPPED;
    }
    open.copyToBegin(open.copy().filter(c -> c.isFor(slave)))
        .ifPresent(c -> open.add(new Change.CopyBegun(c.table(), c.request()), 0));
    return hold(record, headers);
  }

  private Step hold(SinkRecord record, EventHeaders headers) {
    if (origin.xid() != headers.xid() || !origin.batch().equals(open.name())) {
      origin = new Change.Origin(headers.xid(), open.name());
    }
    if (headers.operation() == Operation.TRUNCATE) {
      open.add(new Change.Truncate(headers.table(), origin), 0);
    } else if (headers.operation() == Operation.SCHEMA) {
      var command = SchemaCommand.ofValue(record.value());
      open.add(new Change.Command(command, headers.seq(), origin), command.sql().length());
    } else {
      var row = row(record, headers).expecting(expectations.of(headers));
      open.add(row, Footprint.of(row));
    }
    parts.clear();
    return Step.TAKEN;
  }

  private Change.Row row(SinkRecord record, EventHeaders headers) {
    var row = rows.read(record, headers.table(), headers.operation(), origin);
    var parted = PartedColumns.readFrom(record.headers());
    return parted.isEmpty() ? row : parts.complete(row, headers.rank(), parted);
  }

  /** Whether a dead source's producer delivered the record late. Notes the highest epoch. */
  private boolean isStale(long recordEpoch) {
    if (recordEpoch < epoch) {
      return true;
    }
    epoch = recordEpoch;
    return false;
  }

  /**
   * Whether a batch was complete before the open one began: a producer whose acknowledgement was
   * lost sends all of a request again, from the middle of one batch to the middle of another.
   */
  private boolean isRepeated(BatchId batch, long itsEpoch) {
    return open != null && open.epoch() == itsEpoch && batch.isBefore(open.id());
  }

  private boolean isApplied(EventHeaders headers) {
    return headers.isLogged()
        && applied.isPresent()
        && applied.get().snapshot().contains(headers.xid());
  }

  /** How many changes are held. */
  public int rows() {
    return complete.rows() + (open == null ? 0 : open.rows());
  }

  /** About how much memory they take. */
  public long bytes() {
    return complete.bytes() + (open == null ? 0 : open.bytes());
  }

  /**
   * Whether a row is held that refers to a value stored on the slave, which should not be kept
   * there for long.
   */
  public boolean refersToStored() {
    return open != null && open.refersToStored();
  }

  /** Whether anything is on its way: records were taken whose batch the slave has not applied. */
  public boolean isHolding() {
    return !complete.isEmpty() || (open != null && open.isTaken());
  }

  /** Hands out all complete batches; empty if there is none. */
  public Optional<Work> takeComplete() {
    return complete.take(log);
  }

  /** Hands out what is held of the batch that has not ended; empty if that is nothing. */
  public Optional<Work> takePart() {
    if (open == null || open.rows() == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Work(log, open.begin().from(), open.takePart(), Optional.empty(), List.of()));
  }
}
