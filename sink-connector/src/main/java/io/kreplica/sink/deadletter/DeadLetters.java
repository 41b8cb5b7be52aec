package io.kreplica.sink.deadletter;

import io.kreplica.sink.apply.RefusedRowException;
import io.kreplica.sink.position.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions of the master that the slave refuses, on their way to the dead letter queue. The
 * task does not keep records: it notes the refused transaction here, goes back to the slave's
 * position, and when the records come again, hands those of the transaction to the queue instead of
 * the slave. A batch is committed only once the queue has them. Used by the task's thread only.
 */
public final class DeadLetters {

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

  private final Optional<ErrantRecordReporter> queue;
  private final Map<Long, RefusedRowException> refused = new HashMap<>();
  private final Set<Long> reportedOffsets = new HashSet<>();
  private final List<Future<Void>> onTheWay = new ArrayList<>();

  /**
   * Makes an empty one.
   *
   * @param queue where records go; empty if the sink is to stop at what the slave refuses
   */
  public DeadLetters(Optional<ErrantRecordReporter> queue) {
    this.queue = queue;
  }

  /**
   * Sets the transaction of a refused row aside, if that is wanted and possible: rows of a copy
   * belong to none.
   *
   * @return whether to read on from the slave's position; if not, the refusal is final
   */
  public boolean take(RefusedRowException refusal) {
    var xid = refusal.origin().xid();
    if (queue.isEmpty() || xid == 0 || refused.putIfAbsent(xid, refusal) != null) {
      return false;
    }
    LOG.warn(
        "Setting {} aside: its records go to the dead letter queue, and replica.dead_letter lists the"
            + " rows that it changed. {}",
        refusal.origin(),
        refusal.getMessage());
    return true;
  }

  /** Why a transaction is set aside; empty if it is not. */
  public Optional<String> whyAside(long xid) {
    return Optional.ofNullable(refused.get(xid)).map(RefusedRowException::getMessage);
  }

  /** Hands a record of a transaction that is set aside to the queue, once. */
  public void report(SinkRecord record, long xid) {
    if (reportedOffsets.add(record.originalKafkaOffset())) {
      onTheWay.add(queue.orElseThrow().report(record, refused.get(xid)));
    }
  }

  /**
   * Waits until the queue has every record that was reported.
   *
   * @throws ConnectException if it does not take one
   */
  public void awaitReports() {
    try {
      for (var report : onTheWay) {
        report.get();
      }
      onTheWay.clear();
    } catch (ExecutionException e) {
      throw notTaken(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notTaken(e);
    }
  }

  private static ConnectException notTaken(Throwable cause) {
    return new ConnectException(
        "Cannot set a transaction aside: the dead letter queue did not take its records ("
            + cause.getMessage()
            + "). Nothing is lost; see to the topic of errors.deadletterqueue.topic.name, and"
            + " restart the sink.",
        cause);
  }

  /** Forgets the transactions that the slave's position contains. */
  public void committed(Optional<Position> position) {
    if (!refused.isEmpty() && position.isPresent()) {
      refused.keySet().removeIf(position.get().snapshot()::contains);
      if (refused.isEmpty()) {
        reportedOffsets.clear();
      }
    }
  }
}
