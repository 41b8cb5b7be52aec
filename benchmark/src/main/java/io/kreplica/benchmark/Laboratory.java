package io.kreplica.benchmark;

import io.kreplica.load.Comparison;
import io.kreplica.load.ConnectionSource;
import io.kreplica.stack.ReplicationStack;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;

/**
 * A pair of databases on the shared servers, and one replication between them. The time until the
 * slave has something is taken with a flag: a row that is committed on the master last, and hence
 * is visible on the slave last.
 */
final class Laboratory implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofMinutes(30);
  private static final Duration POLL = Duration.ofMillis(2);
  private static final Duration VERDICT_TIMEOUT = Duration.ofSeconds(10);

  private final ReplicationStack stack;
  private final String name;
  private final Replication replication;
  private long flags;

  Laboratory(ReplicationStack stack, String measurement, Contender contender) throws SQLException {
    this.stack = stack;
    this.name = measurement.replace('-', '_') + "_" + contender.peer();
    stack.master().createDatabase(name);
    stack.slave().createDatabase(name);
    replication = contender.in(this);
    replication.install();
    createTable("create table public.flag (flag_id bigint primary key)");
    track(List.of("public.flag"));
  }

  ReplicationStack stack() {
    return stack;
  }

  /** Its name on both servers. */
  String database() {
    return name;
  }

  /** The topic of a replication that has one. */
  String topic() {
    return "replica." + name;
  }

  Connection onMaster() throws SQLException {
    return stack.master().connect(name);
  }

  Connection onSlave() throws SQLException {
    return stack.slave().connect(name);
  }

  void executeOnMaster(String sql) throws SQLException {
    execute(this::onMaster, sql);
  }

  void executeOnSlave(String sql) throws SQLException {
    execute(this::onSlave, sql);
  }

  private static void execute(ConnectionSource database, String sql) throws SQLException {
    try (var connection = database.open();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Creates tables of the same form on both sides. */
  void createTable(String ddl) throws SQLException {
    executeOnMaster(ddl);
    executeOnSlave(ddl);
  }

  void track(List<String> tables) throws SQLException {
    replication.track(tables);
  }

  /** Starts the replication, and waits until the slave has what the master has. */
  void startReplication() throws SQLException {
    replication.start();
    awaitFlag();
  }

  /** Stops the replication, and waits until nothing of it is at work. */
  void stopReplication() throws SQLException {
    replication.stop();
  }

  /** Starts it again; it does not run yet when this returns. */
  void resumeReplication() throws SQLException {
    replication.resume();
  }

  /** Commits a flag on the master, and waits until the slave shows it, and so all before it. */
  void awaitFlag() throws SQLException {
    raiseFlag();
    awaitRaisedFlag();
  }

  /** Commits a flag on the master. */
  void raiseFlag() throws SQLException {
    flags++;
    executeOnMaster("insert into public.flag values (" + flags + ")");
  }

  /**
   * Waits until the slave shows the last flag.
   *
   * @throws IllegalStateException if the replication fails meanwhile
   */
  void awaitRaisedFlag() throws SQLException {
    awaitOnSlave("select from public.flag where flag_id = " + flags);
  }

  /** Waits until the query finds a row on the master. */
  void awaitOnMaster(String query) throws SQLException {
    await(this::onMaster, query);
  }

  /** Waits until the query finds a row on the slave. */
  void awaitOnSlave(String query) throws SQLException {
    await(this::onSlave, query);
  }

  private void await(ConnectionSource database, String query) throws SQLException {
    var deadline = System.nanoTime() + TIMEOUT.toNanos();
    try (var connection = database.open();
        var statement = connection.prepareStatement(query)) {
      for (var look = 0; !statement.executeQuery().next(); look++) {
        if (look % 1000 == 999) {
          replication.refuseFailure();
          if (System.nanoTime() > deadline) {
            throw new IllegalStateException("Still nothing after " + TIMEOUT + ": " + query);
          }
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }

  /** What the replication's topic takes on the broker's disk; 0 if it has none. */
  long topicBytes() {
    try (var admin = stack.broker().admin()) {
      return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
          .flatMap(directories -> directories.values().stream())
          .flatMap(directory -> directory.replicaInfos().entrySet().stream())
          .filter(replica -> replica.getKey().topic().equals(topic()))
          .mapToLong(replica -> replica.getValue().size())
          .sum();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot ask the broker for the size of " + topic(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while asking the broker", e);
    }
  }

  /** A figure that tells how much of that there is for each change. */
  Figure topicBytes(long before, long changes) {
    var what = "on the topic, bytes a row change";
    var bytes = topicBytes() - before;
    return bytes == 0 ? Figure.of(what, "none") : Figure.count(what, bytes / changes);
  }

  /** A figure that tells whether the tables are equal on both sides, taken after the time. */
  Figure verdict(List<String> tables) throws SQLException {
    var equal = Comparison.await(this::onMaster, this::onSlave, tables, VERDICT_TIMEOUT).areEqual();
    return Figure.of("master and slave", equal ? "equal" : "DIFFERENT");
  }

  @Override
  public void close() throws SQLException {
    replication.close();
    stack.master().dropDatabase(name);
    stack.slave().dropDatabase(name);
  }
}
