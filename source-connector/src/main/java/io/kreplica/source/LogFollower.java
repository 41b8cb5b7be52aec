package io.kreplica.source;

import io.kreplica.postgres.Backoff;
import io.kreplica.postgres.ConnectFault;
import io.kreplica.postgres.ServerMessage;
import io.kreplica.postgres.SqlStates;
import io.kreplica.source.master.LogSize;
import io.kreplica.source.offset.Acknowledgements;
import io.kreplica.source.offset.SourceOffset;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the master's log through every outage: connects, reads, and when the connection breaks,
 * tries again for ever and goes on behind the last record that it handed out. Thread: the reader's,
 * but for {@link #close}.
 */
final class LogFollower implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LogFollower.class);
  private static final Duration SHORTEST_BACKOFF = Duration.ofMillis(100);

  private final ReplicaSourceConfig config;
  private final Acknowledgements acknowledgements;
  private final Backoff backoff;
  private final Consumer<LogSize> onLogSize;
  private final UUID reader = UUID.randomUUID();
  private volatile MasterSession session;
  private volatile boolean isClosed;
  private Optional<SourceOffset> offset;
  private Optional<Long> epoch = Optional.empty();
  private volatile boolean isOut;

  LogFollower(
      ReplicaSourceConfig config,
      Optional<SourceOffset> offset,
      Acknowledgements acknowledgements,
      Consumer<LogSize> onLogSize) {
    this.config = config;
    this.onLogSize = onLogSize;
    this.offset = offset;
    this.acknowledgements = acknowledgements;
    this.backoff = new Backoff(SHORTEST_BACKOFF, config.retryBackoffMax());
  }

  /**
   * The next records; empty if there was nothing new for a while, or the master is away.
   *
   * @throws ConnectException if the log cannot be read, and waiting will not help
   */
  List<SourceRecord> next() throws InterruptedException {
    try {
      if (session == null) {
        connect();
      }
      var records = session.read();
      if (!records.isEmpty()) {
        var last = records.get(records.size() - 1);
        offset = Optional.of(SourceOffset.ofMap(last.sourceOffset()));
      }
      return records;
    } catch (SQLException e) {
      disconnect();
      if (isClosed) {
        return List.of();
      }
      if (!SqlStates.isOutage(e)) {
        throw new ConnectException(describe(e), ServerMessage.withoutValues(e));
      }
      waitForMaster(e);
      return List.of();
    }
  }

  private String describe(SQLException e) {
    if (ConnectFault.of(e) != ConnectFault.UNREACHABLE) {
      return ConnectFault.describe(config.master(), e) + " Then restart the task.";
    }
    return "Cannot read the log of "
        + config.master()
        + ": "
        + ServerMessage.describe(e)
        + remedy(e);
  }

  private static String remedy(SQLException e) {
    if (SqlStates.is(e, SqlStates.INSUFFICIENT_PRIVILEGE)) {
      return ". GRANT replica_source TO the role, or run sql/master/install.sql again; then restart"
          + " the task.";
    }
    return ServerMessage.advice(e).map(advice -> ". " + advice).orElse("");
  }

  /** Whether the master is away, and waited for. Thread: any. */
  boolean isWaiting() {
    return isOut;
  }

  private void connect() throws SQLException, InterruptedException {
    var opened = MasterSession.open(config, reader, offset, epoch, acknowledgements, onLogSize);
    session = opened;
    epoch = Optional.of(opened.epoch());
    backoff.reset();
    if (isOut) {
      LOG.info("The master {} is back", config.master());
      isOut = false;
    }
    if (isClosed) {
      disconnect();
      throw new SQLException("The task was stopped", "57P01");
    }
  }

  private void waitForMaster(SQLException e) throws InterruptedException {
    if (!isOut) {
      LOG.warn(
          "The master {} is away, trying again until it is back: {}",
          config.master(),
          ServerMessage.describe(e));
      isOut = true;
    }
    Thread.sleep(backoff.next().toMillis());
  }

  private void disconnect() {
    var open = session;
    if (open != null) {
      open.close();
      session = null;
    }
  }

  /** Breaks the connection, whatever it is doing. Thread: any. */
  @Override
  public void close() {
    isClosed = true;
    disconnect();
  }
}
