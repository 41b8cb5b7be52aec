package io.kreplica.source.read;

import io.kreplica.record.BatchId;
import io.kreplica.record.LogPosition;
import io.kreplica.source.offset.SourceOffset;
import java.util.Optional;

/**
 * Decides what the next batch is: from the position reached to a target. The target is now, or the
 * next checkpoint if the source is far behind, so that no batch swallows a whole backlog. A copy's
 * chunk follows only a batch that ends now, since it is read in the same snapshot, and so do pieces
 * of a verification, which wait until nothing is left to copy. No I/O. Thread: the reader's.
 */
public final class BatchPlanner {

  private BatchId nextId;
  private LogPosition scanned;

  /**
   * Starts an epoch.
   *
   * @param epoch the epoch, in which the planner names new batches
   * @param position the position that has been sent completely
   */
  public BatchPlanner(long epoch, LogPosition position) {
    this.nextId = new BatchId(epoch, 1);
    this.scanned = position;
  }

  /** The batch that a predecessor has begun to send, if there is one. It keeps its id. */
  public Optional<Batch> resume(SourceOffset offset) {
    return offset
        .open()
        .map(
            open ->
                new Batch(
                    open.id(),
                    offset.position(),
                    open.target(),
                    open.rank(),
                    Optional.empty(),
                    Optional.empty()));
  }

  /**
   * The next batch, if there may be something to send.
   *
   * @param position the position that has been sent completely
   */
  public Optional<Batch> plan(LogPosition position, Outlook outlook) {
    if (!outlook.hasChanges()
        && outlook.pendingCopy().isEmpty()
        && outlook.pendingCheck().isEmpty()) {
      return Optional.empty();
    }
    var checkpoint = nextCheckpoint(outlook);
    var copy = outlook.pendingCopy().filter(request -> checkpoint.isEmpty());
    var check = outlook.pendingCheck().filter(request -> checkpoint.isEmpty() && copy.isEmpty());
    return Optional.of(
        new Batch(nextId, position, checkpoint.orElse(outlook.now()), 0, copy, check));
  }

  /** The position up to which everything has been sent or found empty. */
  public LogPosition scanned() {
    return scanned;
  }

  /** Takes note that a planned batch held nothing and was not sent: its id is free again. */
  public void wasEmpty(Batch batch) {
    scanned = batch.to();
  }

  /** Takes note that a batch is being sent. */
  public void isSent(Batch batch) {
    scanned = batch.to();
    if (batch.id().equals(nextId)) {
      nextId = nextId.next();
    }
  }

  /** The nearest checkpoint that lies ahead; positions of one log are totally ordered. */
  private Optional<LogPosition> nextCheckpoint(Outlook outlook) {
    return outlook.checkpoints().stream()
        .filter(checkpoint -> checkpoint.isAfter(scanned))
        .filter(checkpoint -> outlook.now().isAfter(checkpoint))
        .reduce((a, b) -> b.containsAll(a) ? a : b);
  }
}
