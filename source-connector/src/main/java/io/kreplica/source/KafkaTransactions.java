package io.kreplica.source;

import io.kreplica.source.offset.SourceOffset;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.TransactionContext;

/**
 * Sets the boundaries of Kafka's transactions, where exactly-once delivery is on: one transaction a
 * batch. A batch that takes long is cut, since the broker aborts a transaction that is older than
 * the producer's {@code transaction.timeout.ms} (a minute); each record's offset lets a successor
 * go on from the cut, and the sink waits for the batch's end anyway. Thread: the task's.
 */
final class KafkaTransactions {

  private static final Duration LONGEST = Duration.ofSeconds(15);

  private final TransactionContext context;
  private final Clock clock;
  private Instant begun;

  /**
   * Prepares the boundaries.
   *
   * @param context Connect's, or null where exactly-once delivery is off
   */
  KafkaTransactions(TransactionContext context, Clock clock) {
    this.context = context;
    this.clock = clock;
  }

  /** Takes note of the records of a poll, which is not empty, before Connect gets them. */
  void add(List<SourceRecord> records) {
    if (context == null) {
      return;
    }
    if (begun == null) {
      begun = clock.instant();
    }
    var last = records.get(records.size() - 1);
    if (SourceOffset.isBehindABatch(last.sourceOffset())
        || begun.plus(LONGEST).isBefore(clock.instant())) {
      context.commitTransaction(last);
      begun = null;
    }
  }
}
