package io.kreplica.random;

import io.kreplica.load.ConnectionSource;
import io.kreplica.postgres.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.postgresql.util.PSQLException;

/**
 * Sessions that change the form of tables at random through {@code replica.execute}, each of its
 * own, and rows in the same transactions; and others that change rows of all of them meanwhile, and
 * put up with tables that are not as they just were. No statement may fail for KReplica's reasons.
 * They end by themselves when they have done what they were told, however long that takes.
 */
public final class SchemaLoad implements AutoCloseable {

  private static final int CHANGERS = 3;
  private static final int TABLES_OF_EACH = 2;
  private static final int WRITERS = 3;
  private static final int WRITES_A_CHANGE = 10;
  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> TIME_ZONES = List.of("UTC", "America/New_York", "Asia/Kolkata");

  /** What happens where a table changes under a statement, or rows get in each other's way. */
  private static final Set<String> COLLISIONS =
      Set.of(
          "42P01", // undefined table
          "42703", // undefined column
          "42804", // another type
          "22P02", // a text that the type does not read
          "22003", // a number out of its range
          "22007", // no such time
          "23502", // null
          "23505", // not unique
          "23514", // no partition
          "40P01", // deadlock
          "55P03", // locked for as long as one would wait
          "XX000"); // dropped while it was looked up

  private final ConnectionSource master;
  private final int goal;
  private final ConcurrentHashMap<Integer, ChangingTable> tables = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newFixedThreadPool(CHANGERS + WRITERS);
  private List<Future<?>> sessions = List.of();
  private final AtomicInteger changes = new AtomicInteger();
  private final AtomicInteger writes = new AtomicInteger();
  private volatile boolean stopped;

  private SchemaLoad(ConnectionSource master, int goal) {
    this.master = master;
    this.goal = goal;
  }

  /**
   * Creates the tables through {@code replica.execute}, tracks them, and starts the sessions.
   *
   * @param changes how many transactions that change the form of tables are to be committed
   */
  public static SchemaLoad start(ConnectionSource master, int changes, long seed)
      throws SQLException {
    var load = new SchemaLoad(master, changes);
    var random = new Random(seed);
    try (var connection = master.open()) {
      run(connection, ChangingTable.createSchemas());
      for (var id = 0; id < CHANGERS * TABLES_OF_EACH; id++) {
        var created = ChangingTable.fresh(id, id % 2 == 1, random).create();
        run(connection, created);
        load.tables.put(id, created.after());
      }
    }
    load.sessions =
        Stream.concat(
                IntStream.range(0, CHANGERS)
                    .<Future<?>>mapToObj(
                        i -> load.threads.submit(() -> load.work(new Random(seed + i), i))),
                IntStream.range(0, WRITERS)
                    .<Future<?>>mapToObj(
                        i -> load.threads.submit(() -> load.work(new Random(seed * 31 + i), -1))))
            .toList();
    return load;
  }

  private static void run(Connection connection, String command) throws SQLException {
    try (var execute = connection.prepareStatement("select replica.execute(?)")) {
      execute.setString(1, command);
      execute.execute();
    }
  }

  private static void run(Connection connection, ChangingTable.Change change) throws SQLException {
    for (var command : change.commands()) {
      run(connection, command);
    }
    if (change.isNew()) {
      try (var track = connection.prepareStatement("select replica.track(?::text::regclass)")) {
        track.setString(1, change.after().sql());
        track.execute();
      }
    }
  }

  /** Thread: each session's own. */
  private void work(Random random, int changer) {
    try (var connection = master.open()) {
      execute(
          connection, "set timezone = '" + TIME_ZONES.get(random.nextInt(TIME_ZONES.size())) + "'");
      // A command waits for writers that may wait for its own transaction: until it gives up.
      execute(connection, "set replica.patience = '2s'");
      connection.setAutoCommit(false);
      while (!stopped && changes.get() < goal) {
        try {
          if (changer < 0) {
            if (writes.get() < WRITES_A_CHANGE * (1 + changes.get())) {
              write(connection, random);
            }
          } else {
            change(connection, random, changer * TABLES_OF_EACH + random.nextInt(TABLES_OF_EACH));
          }
        } catch (SQLException e) {
          refuseWhatIsNoCollision(e);
          connection.rollback();
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    } catch (SQLException e) {
      throw new IllegalStateException("The load failed on the master: " + e.getMessage(), e);
    }
  }

  private void change(Connection connection, Random random, int id) throws SQLException {
    var table = tables.get(id);
    while (random.nextInt(3) > 0) {
      execute(connection, table.statement(random));
    }
    for (var more = random.nextInt(2); more >= 0; more--) {
      var change = table.next(random);
      run(connection, change);
      table = change.after();
      while (random.nextInt(3) > 0) {
        execute(connection, table.statement(random));
      }
    }
    if (random.nextInt(8) == 0) {
      connection.rollback();
    } else {
      connection.commit();
      tables.put(id, table);
      changes.incrementAndGet();
    }
  }

  private void write(Connection connection, Random random) throws SQLException {
    for (var more = random.nextInt(4); more >= 0; more--) {
      execute(connection, tables.get(random.nextInt(tables.size())).statement(random));
    }
    connection.commit();
    writes.incrementAndGet();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** What fails within a function of KReplica's is no collision, a deadlock apart. */
  private static void refuseWhatIsNoCollision(SQLException e) throws SQLException {
    var where =
        e instanceof PSQLException p && p.getServerErrorMessage() != null
            ? String.valueOf(p.getServerErrorMessage().getWhere())
            : "";
    var isOurs = where.contains("replica.log_") || where.contains("replica.was_overtaken");
    if (!COLLISIONS.contains(e.getSQLState()) || (isOurs && !SqlStates.isOutage(e))) {
      throw new SQLException(e.getMessage() + "\n" + where, e.getSQLState(), e);
    }
  }

  /** How many transactions that changed the form of a table were committed. */
  public int changes() {
    refuseFailure();
    return changes.get();
  }

  /** How many transactions that changed rows alone were committed. */
  public int writes() {
    return writes.get();
  }

  /** The tables as they are called now, parts quoted. */
  public List<String> tables() {
    return tables.values().stream().map(ChangingTable::sql).toList();
  }

  private void refuseFailure() {
    for (var session : sessions) {
      if (session.isDone()) {
        outcome(session);
      }
    }
  }

  private static void outcome(Future<?> session) {
    try {
      session.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets each session finish its transaction, and ends. */
  public void stop() {
    stopped = true;
    threads.shutdown();
    sessions.forEach(SchemaLoad::outcome);
  }

  @Override
  public void close() {
    stop();
  }
}
