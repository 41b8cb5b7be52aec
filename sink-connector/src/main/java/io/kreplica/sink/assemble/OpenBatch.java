package io.kreplica.sink.assemble;

import io.kreplica.record.BatchId;
import io.kreplica.record.Marker;
import io.kreplica.sink.change.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A batch that has begun and not ended. Used by {@link BatchAssembler} only. */
final class OpenBatch {

  /** What becomes of the batch's records. */
  enum Fate {
    /** They are taken. */
    TAKEN,
    /** They are applied already. */
    DUPLICATE,
    /** Its beginning is gone, and this slave has just joined: the next batch will do. */
    HEADLESS
  }

  private final Marker begin;
  private final Fate fate;
  private final String name;
  private long epoch;
  private long rank;
  private Optional<Marker.Copy> copy;
  private boolean emptied;
  private boolean partlyTaken;
  private List<Change> changes = new ArrayList<>();
  private long bytes;
  private boolean refersToStored;
  private final Parts parts;
  private final Arrivals arrivals = new Arrivals();

  OpenBatch(Marker begin, Fate fate, Parts parts) {
    this.parts = parts;
    parts.clear();
    this.begin = begin;
    this.fate = fate;
    this.name = begin.batch().toString();
    this.epoch = begin.epoch();
    this.copy = begin.copy();
  }

  /** A new epoch goes on with the batch: it has sent everything up to the marker's rank before. */
  void resume(Marker again) {
    epoch = again.epoch();
    arrivals.begin();
    // Of a row that has not come all parts come again.
    parts.clear();
    rank = Math.max(rank, again.rank());
    copy = again.copy().or(() -> copy);
  }

  Marker begin() {
    return begin;
  }

  BatchId id() {
    return begin.batch();
  }

  String name() {
    return name;
  }

  boolean isTaken() {
    return fate == Fate.TAKEN;
  }

  long epoch() {
    return epoch;
  }

  /** Whether a record of this rank is new; if so, those up to it no longer are. */
  boolean advanceTo(long recordRank) {
    if (recordRank <= rank) {
      return false;
    }
    rank = recordRank;
    return true;
  }

  /** Whether a record of this rank has come already. */
  boolean isBehind(long recordRank) {
    return recordRank <= rank;
  }

  /** What has come of what its source has sent. */
  Arrivals arrivals() {
    return arrivals;
  }

  /** What has come of the next row's large values. */
  Parts parts() {
    return parts;
  }

  /** Once a batch: the copy whose first rows it brings, if it does. */
  Optional<Marker.Copy> copyToBegin(Optional<Marker.Copy> announced) {
    if (emptied || announced.isEmpty() || !announced.get().begins()) {
      return Optional.empty();
    }
    emptied = true;
    return announced;
  }

  Optional<Marker.Copy> copy() {
    return copy;
  }

  void add(Change change, long size) {
    changes.add(change);
    bytes += size;
    refersToStored |=
        (change instanceof Change.Row row && row.shape().isStoring())
            || (change instanceof Change.RowToRepair repair && repair.row().shape().isStoring());
  }

  int rows() {
    return changes.size();
  }

  long bytes() {
    return bytes + parts.bytes();
  }

  /** Whether a row that is held refers to a value that is stored on the slave. */
  boolean refersToStored() {
    return refersToStored;
  }

  /** Hands out what is held. */
  List<Change> take() {
    var taken = changes;
    changes = new ArrayList<>();
    bytes = 0;
    refersToStored = false;
    return taken;
  }

  /** Hands out what is held, to be applied before the batch is complete. */
  List<Change> takePart() {
    partlyTaken = true;
    return take();
  }

  boolean isPartlyTaken() {
    return partlyTaken;
  }
}
