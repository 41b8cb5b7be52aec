package io.kreplica.source;

import io.kreplica.postgres.SteadyClock;
import io.kreplica.source.event.EventBuilder;
import io.kreplica.source.listen.Doorbell;
import io.kreplica.source.listen.ListeningSession;
import io.kreplica.source.listen.ReaderLock;
import io.kreplica.source.master.AutoInstall;
import io.kreplica.source.master.LogSize;
import io.kreplica.source.master.MasterIdentity;
import io.kreplica.source.master.TableRenewal;
import io.kreplica.source.offset.Acknowledgements;
import io.kreplica.source.offset.LogPruner;
import io.kreplica.source.offset.SourceOffset;
import io.kreplica.source.read.Batch;
import io.kreplica.source.read.BatchPlanner;
import io.kreplica.source.read.CheckRequest;
import io.kreplica.source.read.CheckSchedule;
import io.kreplica.source.read.FlushGate;
import io.kreplica.source.read.LogReader;
import io.kreplica.source.read.Outlook;
import io.kreplica.source.read.SequenceWatch;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the master, from the moment its reader's lock is taken until it breaks or is
 * closed: the stations of the source, wired. Two sessions serve it, one that listens and one that
 * reads; now and then a third looks after the tracked tables. Each has an epoch of its own. Thread:
 * the reader's, but for {@link #close}.
 */
final class MasterSession implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MasterSession.class);

  /** How long one read waits for something new. */
  private static final Duration LONGEST_WAIT = Duration.ofMillis(500);

  private final Connection listening;
  private final Connection reading;
  private final Doorbell doorbell;
  private final LogReader reader;
  private final BatchPlanner planner;
  private final FlushGate flushGate;
  private final SequenceWatch sequences = new SequenceWatch();
  private final LogPruner pruner;
  private final EventBuilder events;
  private final TableRenewal renewal;
  private final CheckSchedule schedule;
  private final MasterIdentity identity;
  private final SourceRegistration registration;
  private final ReplicaSourceConfig config;
  private final long epoch;

  private SourceOffset offset;
  private Optional<BatchInTransit> inTransit;
  private Optional<Batch> halfSent;

  private MasterSession(
      ReplicaSourceConfig config,
      Connection listening,
      Connection reading,
      MasterIdentity identity,
      SourceRegistration registration,
      SourceOffset offset,
      long epoch,
      Acknowledgements acknowledgements,
      Consumer<LogSize> onLogSize)
      throws SQLException {
    var clock = SteadyClock.start();
    this.config = config;
    this.listening = listening;
    this.reading = reading;
    this.identity = identity;
    this.registration = registration;
    this.offset = offset;
    this.epoch = epoch;
    this.doorbell =
        new Doorbell(new ListeningSession(listening), clock, config.keepaliveInterval());
    this.reader =
        new LogReader(
            reading,
            config.pollRows(),
            config.recordMaxBytes(),
            config.snapshotMode() == SnapshotMode.INITIAL);
    this.planner = new BatchPlanner(epoch, offset.position());
    this.flushGate = new FlushGate(listening);
    this.pruner = new LogPruner(listening, clock, acknowledgements, identity.confirmed());
    this.events =
        EventBuilder.on(
            reading,
            config.topic(),
            reader.storedRows(),
            config.recordMaxBytes(),
            config.typeMapping(),
            Clock.systemUTC());
    this.inTransit = Optional.empty();
    this.halfSent = planner.resume(offset);
    this.schedule = new CheckSchedule(listening, clock, config.verifyInterval());
    this.renewal = TableRenewal.every(config.keepaliveInterval(), config.master(), onLogSize);
  }

  /**
   * Connects to the master and becomes the one that reads its log.
   *
   * @param reader the task
   * @param stored where the connector stopped, if it has run before
   * @param previousEpoch the epoch of this task's last session, if it had one: another in the
   *     master means that a successor of this task is at work
   * @param onLogSize is told the log's size now and then, on a thread of its own
   * @throws SQLException if the master cannot be reached now
   * @throws org.apache.kafka.connect.errors.ConnectException if it can never be read like this
   */
  static MasterSession open(
      ReplicaSourceConfig config,
      UUID reader,
      Optional<SourceOffset> stored,
      Optional<Long> previousEpoch,
      Acknowledgements acknowledgements,
      Consumer<LogSize> onLogSize)
      throws SQLException, InterruptedException {
    var sessions = config.master();
    var reading = sessions.open();
    Connection listening = null;
    try {
      if (config.autoInstall()) {
        AutoInstall.run(reading, config.tables());
      }
      MasterIdentity.read(reading);
      listening = sessions.open();
      ReaderLock.acquire(listening, sessions.applicationName());
      ReaderLock.endLeftovers(listening, reading);
      // Only what is read under the lock is certain to stay.
      var identity = MasterIdentity.read(reading);
      var registration = new SourceRegistration(listening, identity);
      var epoch = registration.nextEpoch(reader, previousEpoch);
      var offset =
          stored.isPresent()
              ? identity.resume(stored.get(), config.acceptedTimeline())
              : registration.begin(config.snapshotMode());
      stored.ifPresent(last -> identity.refuseOtherTopic(last, config.topic()));
      registration.sendTo(config.topic());
      if (config.snapshotMode() == SnapshotMode.NEVER) {
        registration.passOverCopies();
      }
      LOG.info("Reading log {} from {} in epoch {}", identity.log(), offset.position(), epoch);
      return new MasterSession(
          config,
          listening,
          reading,
          identity,
          registration,
          offset,
          epoch,
          acknowledgements,
          onLogSize);
    } catch (SQLException | InterruptedException | RuntimeException e) {
      abort(reading);
      abort(listening);
      throw e;
    }
  }

  long epoch() {
    return epoch;
  }

  /** The next records; empty if the master had nothing new for a while. */
  List<SourceRecord> read() throws SQLException, InterruptedException {
    renewal.checkAllowed();
    pruner.pruneNowAndThen();
    if (inTransit.isEmpty() && !openNextBatch()) {
      return List.of();
    }
    var batch = inTransit.get();
    var records = batch.next(config.pollRows());
    if (batch.isComplete()) {
      offset = batch.offsetBehind();
      inTransit = Optional.empty();
      reader.end();
      schedule.ended();
    }
    return records;
  }

  /** Looks for a batch, asleep when there is none; false if none came in time. */
  private boolean openNextBatch() throws SQLException, InterruptedException {
    if (halfSent.isPresent()) {
      var batch = halfSent.get();
      halfSent = Optional.empty();
      return open(batch, reader.look(offset, planner.scanned(), false));
    }
    if (schedule.isDue()) {
      doorbell.foundSomething();
    }
    if (doorbell.isAsleep() && doorbell.foundNothing(LONGEST_WAIT) == Doorbell.Next.IDLE) {
      return false;
    }
    var deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (System.nanoTime() < deadline) {
      var outlook = reader.look(offset, planner.scanned(), !schedule.isResting());
      var batch = planner.plan(offset.position(), outlook);
      if (batch.isPresent() && batch.get().isStandingStill()) {
        reader.end();
        registration.advanceMaster();
        continue;
      }
      if (batch.isPresent() && open(batch.get(), outlook)) {
        doorbell.foundSomething();
        return true;
      }
      reader.end();
      if (batch.isPresent()) {
        planner.wasEmpty(batch.get());
      } else if (doorbell.foundNothing(LONGEST_WAIT) == Doorbell.Next.IDLE) {
        return false;
      }
    }
    return false;
  }

  /** Opens a batch unless it holds nothing; lets it through when it is durable on the master. */
  private boolean open(Batch batch, Outlook outlook) throws SQLException, InterruptedException {
    var opened =
        new BatchInTransit(
            batch,
            identity.log(),
            epoch,
            offset.knowing(pruner.confirmed()),
            reader,
            events,
            sequences,
            config.snapshotChunkRows(),
            config.recordMaxBytes());
    if (opened.isEmpty()) {
      return false;
    }
    sequences.read(flushGate.await(outlook.durableAt()));
    planner.isSent(batch);
    LOG.debug("Sending batch {} from {} to {}", batch.id(), batch.from(), batch.to());
    inTransit = Optional.of(opened);
    if (batch.check().filter(CheckRequest::isUnasked).isPresent()) {
      schedule.began();
    }
    return true;
  }

  /** Breaks both connections, whatever they are doing. Thread: any. */
  @Override
  public void close() {
    renewal.close();
    abort(reading);
    abort(listening);
  }

  private static void abort(Connection connection) {
    if (connection == null) {
      return;
    }
    try {
      connection.unwrap(org.postgresql.PGConnection.class).cancelQuery();
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      LOG.debug("The connection was gone already: {}", e.getMessage());
    }
  }
}
