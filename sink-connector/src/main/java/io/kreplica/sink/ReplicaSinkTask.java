package io.kreplica.sink;

import io.kreplica.metrics.TaskMetrics;
import io.kreplica.postgres.SteadyClock;
import io.kreplica.record.EventHeaders;
import io.kreplica.sink.apply.Outages;
import io.kreplica.sink.apply.Refusals;
import io.kreplica.sink.apply.RefusedRowException;
import io.kreplica.sink.apply.Slave;
import io.kreplica.sink.apply.Totals;
import io.kreplica.sink.assemble.BatchAssembler;
import io.kreplica.sink.assemble.BatchAssembler.Step;
import io.kreplica.sink.assemble.Work;
import io.kreplica.sink.deadletter.DeadLetters;
import io.kreplica.sink.position.PositionRow;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
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

  /** This fraction of the buffer may hold large values. */
  private static final int LARGE_VALUES = 16;

  private final Clock clock;
  private final Totals totals = new Totals();
  private ReplicaSinkConfig config;
  private BatchAssembler assembler;
  private DeadLetters deadLetters;
  private TopicCursor cursor;
  private Outage outage;
  private TaskMetrics metrics;
  private Slave slave;

  /** Called by Connect. */
  public ReplicaSinkTask() {
    this(SteadyClock.start());
  }

  ReplicaSinkTask(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void start(Map<String, String> properties) {
    config = new ReplicaSinkConfig(properties);
    deadLetters =
        new DeadLetters(
            config.setsAside()
                ? Optional.ofNullable(context.errantRecordReporter())
                : Optional.empty());
    assembler =
        new BatchAssembler(
            config.slaveName(),
            config.conflictMode().isWatching(),
            config.bufferMaxBytes() / LARGE_VALUES,
            deadLetters::whyAside);
    cursor = new TopicCursor(context, clock);
    outage = new Outage(clock, config.retryBackoffMax());
    metrics = TaskMetrics.of(context);
    metrics.show(
        "waiting-for-slave",
        "1 while the slave takes no changes and is waited for, else 0",
        () -> outage.isOn() ? 1 : 0);
    totals.show(metrics);
  }

  @Override
  public void open(Collection<TopicPartition> partitions) {
    var partition = cursor.open(partitions);
    var position = new PositionRow(config.connector(), partition.topic(), partition.partition());
    slave =
        new Slave(
            config.slaveName(),
            config.sessions(),
            position,
            config.tableMap(),
            config.schemaPolicy(),
            config.sequences(),
            config.conflictMode(),
            totals,
            clock);
    attach();
  }

  @Override
  public void put(Collection<SinkRecord> records) {
    cursor.read(records);
    if (!isReadyFor(records)) {
      return;
    }
    try {
      for (var record : records) {
        assemble(record);
        applyWhatDoesNotFit();
      }
      apply(assembler.takeComplete());
      doNotWaitInATransaction();
    } catch (RefusedRowException e) {
      setAside(e);
    } catch (SQLException e) {
      startOver(e);
    }
  }

  /** Whether to take these records; if not, they will be read again. */
  private boolean isReadyFor(Collection<SinkRecord> records) {
    if (slave == null) {
      return false;
    }
    if (!slave.isAttached()) {
      attach();
      return false;
    }
    if (cursor.isToFollow(records)) {
      followSlave();
      return false;
    }
    return true;
  }

  private void assemble(SinkRecord record) throws SQLException {
    try {
      var step = assembler.add(record);
      if (step == Step.ABANDONED) {
        slave.rollBack();
      } else if (step == Step.SET_ASIDE) {
        deadLetters.report(record, EventHeaders.readFrom(record.headers()).xid());
      }
    } catch (ConnectException e) {
      // What is wrong with this record does not hold up the batches before it.
      apply(assembler.takeComplete());
      throw e;
    }
  }

  /** What exceeds the buffer: first the complete batches, then a part of the one that goes on. */
  private void applyWhatDoesNotFit() throws SQLException {
    if (isFull() || slave.isCareful()) {
      apply(assembler.takeComplete());
    }
    if (isFull()) {
      apply(assembler.takePart());
    }
  }

  private boolean isFull() {
    return assembler.rows() > config.bufferMaxRows()
        || assembler.bytes() > config.bufferMaxBytes()
        || assembler.refersToStored();
  }

  private void apply(Optional<Work> work) throws SQLException {
    if (work.isPresent()) {
      if (work.get().isComplete()) {
        deadLetters.awaitReports();
      }
      slave.apply(work.get());
      deadLetters.committed(slave.position());
    }
    if (!assembler.isHolding()) {
      outage.over();
    }
  }

  /** The rest of a large batch may be hours away, if its source is down; locks should not be. */
  private void doNotWaitInATransaction() throws SQLException {
    if (slave.isInTransaction() && cursor.isQuiet()) {
      LOG.info("Undoing a part of a large batch: the rest of it is not coming for now");
      slave.rollBack();
      assembler.startAt(slave.position());
      cursor.followOnceMoreArrives();
    }
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> preCommit(
      Map<TopicPartition, OffsetAndMetadata> consumed) {
    metrics.showWaiting();
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

  /** Reads once more what is not applied, without the transaction that the slave refuses. */
  private void setAside(RefusedRowException refusal) {
    if (!deadLetters.take(refusal)) {
      throw refusal;
    }
    try {
      slave.rollBack();
      followSlave();
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
