package io.kreplica.sink.assemble;

import io.kreplica.record.LogPosition;
import io.kreplica.record.SequenceValue;
import io.kreplica.sink.change.Change;
import io.kreplica.sink.position.Position;
import java.util.List;
import java.util.Optional;

/**
 * Changes to apply: those of one or more complete batches, with the position behind the last, or a
 * part of one batch that is too large to hold, without. Immutable.
 *
 * @param log the identity of the log
 * @param from the position before the first of these batches
 * @param changes the changes, in order
 * @param end the position behind them; empty if the batch goes on
 * @param sequences where sequences of the master stand with the last of these batches, as far as
 *     that was told
 */
public record Work(
    String log,
    LogPosition from,
    List<Change> changes,
    Optional<Position> end,
    List<SequenceValue> sequences) {

  /** Whether all batches are complete: after these changes the slave is in a state to commit. */
  public boolean isComplete() {
    return end.isPresent();
  }
}
