package io.kreplica.sink;

import io.kreplica.sink.apply.Outages;
import io.kreplica.sink.apply.Refusals;
import io.kreplica.sink.apply.Slave;
import io.kreplica.sink.assemble.BatchAssembler;
import io.kreplica.sink.assemble.BatchAssembler.Step;
import io.kreplica.sink.assemble.Work;
import io.kreplica.sink.position.PositionRow;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the records of one topic to one slave. Whatever goes wrong on the way, the slave alone
 * knows how far it is: the task forgets what it holds and reads again from there. In an outage it
 * pauses the topic and tries again for ever; it throws only what a person must mend.
 *
 * <p>Connect calls all methods on the task's own thread.
 */
public final class ReplicaSinkTask extends SinkTask {

  private static final Logger LOG = LoggerFactory.getLogger(ReplicaSinkTask.class);

  private final Clock clock = Clock.systemUTC();
  private ReplicaSinkConfig config;
  private BatchAssembler assembler;
  private TopicCursor cursor;
  private Outage outage;
  private Slave slave;

  @Override
  public void start(Map<String, String> properties) {
    config = new ReplicaSinkConfig(properties);
    assembler = new BatchAssembler(config.slaveName());
    cursor = new TopicCursor(context, clock);
    outage = new Outage(clock, config.retryBackoffMax());
  }

  @Override
  public void open(Collection<TopicPartition> partitions) {
    var partition = cursor.open(partitions);
    var position = new PositionRow(config.connector(), partition.topic(), partition.partition());
    slave = new Slave(config.sessions(), position, config.tableMap());
    attach();
  }

  @Override
  public void put(Collection<SinkRecord> records) {
    cursor.read(records);
    if (slave == null) {
      return;
    }
    if (!slave.isAttached()) {
      attach();
      return;
    }
    try {
      for (var record : records) {
        if (assembler.add(record) == Step.ABANDONED) {
          slave.rollBack();
        }
        applyWhatDoesNotFit();
      }
      apply(assembler.takeComplete());
    } catch (SQLException e) {
      startOver(e);
    }
  }

  /** What exceeds the buffer: first the complete batches, then a part of the one that goes on. */
  private void applyWhatDoesNotFit() throws SQLException {
    if (isFull()) {
      apply(assembler.takeComplete());
    }
    if (isFull()) {
      apply(assembler.takePart());
    }
  }

  private boolean isFull() {
    return assembler.rows() > config.bufferMaxRows() || assembler.bytes() > config.bufferMaxBytes();
  }

  private void apply(Optional<Work> work) throws SQLException {
    if (work.isPresent()) {
      slave.apply(work.get());
      outage.applied();
    }
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> preCommit(
      Map<TopicPartition, OffsetAndMetadata> consumed) {
    if (slave == null) {
      return Map.of();
    }
    var pending = !slave.isAttached() || assembler.isHolding();
    return cursor.safeOffsets(consumed, pending, slave.position());
  }

  /** Forgets what is held and goes on from the slave's position. */
  private void startOver(SQLException cause) {
    try {
      if (Outages.isOutage(cause)) {
        retreat(cause);
      } else {
        slave.tryCarefully(cause);
        followSlave();
      }
    } catch (SQLException e) {
      retreat(e);
    }
  }

  private void retreat(SQLException cause) {
    slave.detach();
    outage.failed(Refusals.describe(cause));
    followSlave();
    cursor.pause(outage.remainingMs());
  }

  private void followSlave() {
    assembler.startAt(slave.position());
    cursor.follow(slave.position());
  }

  /** Attaches to the slave if that is due and possible, and reads on from its position. */
  private void attach() {
    if (!outage.isAttemptDue()) {
      cursor.pause(outage.remainingMs());
      return;
    }
    try {
      slave.attach();
      outage.over();
      followSlave();
      cursor.resume();
      LOG.info("Attached to {}, position {}", config.sessions(), slave.position());
    } catch (SQLException e) {
      retreat(e);
    }
  }

  @Override
  public void close(Collection<TopicPartition> partitions) {
    stop();
    cursor.close();
  }

  @Override
  public void stop() {
    if (slave != null) {
      slave.detach();
      slave = null;
    }
  }

  @Override
  public String version() {
    return Version.current();
  }
}
