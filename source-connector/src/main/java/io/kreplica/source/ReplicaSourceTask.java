package io.kreplica.source;

import io.kreplica.metrics.TaskMetrics;
import io.kreplica.postgres.SteadyClock;
import io.kreplica.source.master.LogSize;
import io.kreplica.source.offset.Acknowledgements;
import io.kreplica.source.offset.SourceOffset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/**
 * The source at work: hands the log's records to Connect. It decides nothing; {@link LogFollower}
 * follows the master's log, and {@link ReadAhead} keeps that off Connect's thread.
 */
public final class ReplicaSourceTask extends SourceTask {

  /** Connect stops a task only between polls, so a poll is short. */
  private static final Duration LONGEST_POLL = Duration.ofMillis(800);

  private final Acknowledgements acknowledgements = new Acknowledgements();
  private final AtomicReference<LogSize> logSize = new AtomicReference<>(LogSize.UNKNOWN);
  private LogFollower log;
  private TaskMetrics metrics;
  private ReadAhead<List<SourceRecord>> ahead;
  private KafkaTransactions transactions;

  /** Connect makes tasks without arguments. */
  public ReplicaSourceTask() {}

  @Override
  public String version() {
    return Version.text();
  }

  @Override
  public void start(Map<String, String> settings) {
    var config = new ReplicaSourceConfig(settings);
    var stored = context.offsetStorageReader().offset(SourceOffset.PARTITION);
    log =
        new LogFollower(
            config,
            Optional.ofNullable(stored).map(SourceOffset::ofMap),
            acknowledgements,
            logSize::set);
    metrics = TaskMetrics.of(context);
    showNumbers();
    transactions = new KafkaTransactions(context.transactionContext(), SteadyClock.start());
    ahead = new ReadAhead<>("kreplica-source-" + config.connectorName(), this::readOn);
  }

  /** Thread: the reader's. */
  private List<SourceRecord> readOn() throws InterruptedException {
    metrics.showWaiting();
    return log.next();
  }

  private void showNumbers() {
    metrics.show(
        "waiting-for-master",
        "1 while the master is away and waited for, else 0",
        () -> log.isWaiting() ? 1 : 0);
    metrics.show(
        "log-size-bytes",
        "What the log takes on the master's disk, its index included",
        () -> logSize.get().bytes());
    metrics.show(
        "log-limit-bytes",
        "What the log may take, see log_limit_bytes in replica.log_state; -1 if there is no limit",
        () -> logSize.get().limitBytes());
    metrics.show(
        "tables-let-go",
        "How many tables are not logged for now, because the log had grown beyond its limit",
        () -> logSize.get().tablesLetGo());
  }

  @Override
  public List<SourceRecord> poll() throws InterruptedException {
    var records = ahead.next(LONGEST_POLL).orElse(List.of());
    if (records.isEmpty()) {
      return null;
    }
    transactions.add(records);
    return records;
  }

  @Override
  public void commitRecord(SourceRecord record, RecordMetadata metadata) {
    acknowledgements.accept(record.sourceOffset());
  }

  @Override
  public void stop() {
    if (log != null) {
      log.close();
    }
    if (ahead != null) {
      ahead.close();
    }
  }
}
