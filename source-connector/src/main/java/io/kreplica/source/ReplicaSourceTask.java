package io.kreplica.source;

import io.kreplica.postgres.SteadyClock;
import io.kreplica.source.offset.Acknowledgements;
import io.kreplica.source.offset.SourceOffset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private LogFollower log;
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
            config, Optional.ofNullable(stored).map(SourceOffset::ofMap), acknowledgements);
    transactions = new KafkaTransactions(context.transactionContext(), SteadyClock.start());
    ahead = new ReadAhead<>("kreplica-source-" + config.connectorName(), log::next);
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
      ahead.close();
    }
  }
}
