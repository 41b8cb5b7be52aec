package io.kreplica.random;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.Mirror;
import io.kreplica.SharedPostgres;
import io.kreplica.stack.PostgresVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/**
 * A random master under random load, and its slave. With one session every state that the slave
 * shows must be one that the master had; with several, every state must keep the sum that each
 * transaction keeps. At rest both are equal. All follows from the seed, but for the moments at
 * which the slave commits, and for the order of several sessions' statements.
 */
final class RandomWorld implements AutoCloseable {

  private static final int ROUNDS = 3;
  private static final int TRANSACTIONS = 40;

  private final PostgresVersion version;
  private final long seed;
  private final Random random;
  private final RandomSchema schema;
  private final Mirror mirror;
  private final Transcript transcript = new Transcript();
  private final List<RandomSession> sessions = new ArrayList<>();
  private final Connection observer;
  private Optional<StateHistory> history = Optional.empty();
  private int commits;

  RandomWorld(PostgresVersion version, long seed, int sessionCount) throws SQLException {
    this.version = version;
    this.seed = seed;
    this.random = new Random(seed);
    this.schema = RandomSchema.of(random);
    this.mirror = Mirror.on(version);
    this.observer = mirror.master().connect();
    if (random.nextInt(3) == 0) {
      mirror.sink("buffer.max.rows", Integer.toString(1 + random.nextInt(30)));
    }
    if (random.nextInt(3) == 0) {
      mirror.schemaless();
    }
    if (random.nextInt(3) == 0) {
      mirror.sink("conflict.mode", "fail");
    }
    mirror.afterEachCommit((slave, commit) -> look(slave.session()));
    var major = observer.getMetaData().getDatabaseMajorVersion();
    for (var i = 0; i < sessionCount; i++) {
      var its = new Random(seed * 31 + i);
      sessions.add(
          new RandomSession(
              mirror.master().connect(),
              its,
              new RandomStatements(its, schema, major),
              transcript,
              "session " + i));
    }
  }

  /** Lives through a few rounds of transactions. */
  void live() throws Exception {
    try {
      create();
      for (var round = 0; round < ROUNDS; round++) {
        disturb();
        round();
      }
    } catch (Exception | AssertionError e) {
      throw new AssertionError(report(e), e);
    }
  }

  /** How many statements the master has executed. */
  int statements() {
    return transcript.executed();
  }

  /** How many commits of the slave have been looked at. */
  int commits() {
    return commits;
  }

  private void create() throws Exception {
    mirror.onBoth(schema.definition().toArray(String[]::new));
    mirror.onBoth(RandomSession.balances()).track("credit");
    mirror.master().execute("select replica.track('debit', old_image => true)");
    mirror.master().execute(schema.tracking().toArray(String[]::new));
    mirror.onBoth(schema.behaviour().toArray(String[]::new));
    mirror.settle().assertEqual();
    if (sessions.size() == 1) {
      history = Optional.of(new StateHistory(tables()));
      history.get().masterIs(observer);
    }
  }

  private List<String> tables() {
    var tables = new ArrayList<>(List.of("public.audit", "public.credit", "public.debit"));
    schema.tables().forEach(table -> tables.add("public." + table.sql()));
    return tables;
  }

  private void disturb() {
    switch (random.nextInt(4)) {
      case 0 -> mirror.restartSource();
      case 1 -> mirror.restartSink(0);
      default -> {
        // Both go on.
      }
    }
  }

  private void round() throws Exception {
    var executor = Executors.newFixedThreadPool(sessions.size());
    try {
      var running = new ArrayList<Callable<Void>>();
      for (var session : sessions) {
        running.add(() -> run(session));
      }
      var results = running.stream().map(executor::submit).toList();
      while (results.stream().anyMatch(result -> !result.isDone())) {
        mirror.pump();
        mirror.applyAll();
      }
      for (var result : results) {
        result.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause().getMessage(), e.getCause());
    } finally {
      executor.shutdownNow();
    }
    mirror.settle().assertEqual();
    history.ifPresent(StateHistory::check);
  }

  private Void run(RandomSession session) throws SQLException {
    for (var i = 0; i < TRANSACTIONS; i++) {
      session.transaction();
      if (history.isPresent()) {
        history.get().masterIs(observer);
      }
    }
    return null;
  }

  /** Looks at the slave after it has committed. */
  private void look(Connection slave) throws SQLException {
    commits++;
    if (history.isPresent()) {
      history.get().slaveIs(slave);
    }
    try (var statement = slave.createStatement();
        var sum =
            statement.executeQuery(
                "select coalesce((select sum(amount) from credit), 0)"
                    + " + coalesce((select sum(amount) from debit), 0)")) {
      sum.next();
      assertThat(sum.getLong(1)).as("the sum that every transaction keeps").isZero();
    }
  }

  private String report(Throwable failure) {
    var file = Path.of("target", "random-" + seed + ".sql");
    var log = new ArrayList<>(List.of("-- seed " + seed + ", " + version, schema.script()));
    log.addAll(transcript.last(Integer.MAX_VALUE));
    try {
      log.add("-- What is left of the log:");
      mirror
          .master()
          .rows(
              "select seq, xid, relation, op, coalesce(image, row::text), old"
                  + " from replica.replica_log left join replica.tracked_table using (table_id)"
                  + " order by seq")
          .forEach(row -> log.add("-- " + row));
      Files.createDirectories(file.getParent());
      Files.write(file, log);
    } catch (IOException | SQLException e) {
      failure.addSuppressed(e);
    }
    return String.join(
        "\n",
        failure.getMessage(),
        "Seed "
            + seed
            + " on "
            + version
            + " with "
            + sessions.size()
            + " sessions. Repeat it with:",
        "  mvn verify -pl integration-tests -am -Dit.test=RandomStatementsIT"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dkreplica.seed="
            + seed,
        "All that was executed: " + file.toAbsolutePath(),
        "Schema:",
        schema.script(),
        "The last statements:",
        String.join("\n", transcript.last(40)));
  }

  @Override
  public void close() throws SQLException {
    var databases =
        List.of(mirror.master().value("select current_database()"), mirror.slave().database());
    for (var session : sessions) {
      session.close();
    }
    observer.close();
    mirror.close();
    try (var connection = SharedPostgres.of(version).connect("postgres");
        var statement = connection.createStatement()) {
      for (var database : databases) {
        statement.execute("drop database if exists " + database + " with (force)");
      }
    }
  }
}
