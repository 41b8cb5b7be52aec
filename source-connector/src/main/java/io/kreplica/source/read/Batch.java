package io.kreplica.source.read;

import io.kreplica.record.BatchId;
import io.kreplica.record.LogPosition;
import java.util.Optional;

/**
 * What is to be read and sent as one: the log between two positions, and after it, perhaps, a chunk
 * of a table's copy.
 *
 * @param id names it
 * @param from the position before it
 * @param to the position after it
 * @param sentRank the rank up to which a predecessor has sent it; 0 for a new batch
 * @param copy the copy whose next chunk follows the changes, if one does
 * @param check the verification or repair whose next pieces follow the changes, if one does
 */
public record Batch(
    BatchId id,
    LogPosition from,
    LogPosition to,
    long sentRank,
    Optional<CopyRequest> copy,
    Optional<CheckRequest> check) {

  /**
   * Whether it would end where it begins, as the chunk of a copy on an idle master does. Such a
   * batch is not sent: a sink could not tell it from one that is applied already.
   */
  public boolean isStandingStill() {
    return from.equals(to);
  }
}
