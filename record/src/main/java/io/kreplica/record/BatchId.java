package io.kreplica.record;

import org.apache.kafka.connect.errors.DataException;

/**
 * Names a batch: the epoch in which it was planned and its number within that epoch, as text {@code
 * 6-12}. A batch that a later epoch resumes keeps its id; a newly planned one never reuses one.
 *
 * @param epoch the source's epoch, from 1
 * @param number counts the batches planned in the epoch, from 1
 */
public record BatchId(long epoch, long number) {

  /**
   * Reads the text form.
   *
   * @throws DataException if the text is not one; the message names it
   */
  public static BatchId parse(String text) {
    try {
      var dash = text.indexOf('-');
      return new BatchId(
          Long.parseLong(text, 0, dash, 10), Long.parseLong(text, dash + 1, text.length(), 10));
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw new DataException(
          "Cannot read a batch id from '" + text + "': it is not of the form epoch-number", e);
    }
  }

  /** The id of the batch planned after this one in the same epoch. */
  public BatchId next() {
    return new BatchId(epoch, number + 1);
  }

  /** Whether one source has sent all of this batch before it began the other. */
  public boolean isBefore(BatchId other) {
    return epoch == other.epoch ? number < other.number : epoch < other.epoch;
  }

  @Override
  public String toString() {
    return epoch + "-" + number;
  }
}
