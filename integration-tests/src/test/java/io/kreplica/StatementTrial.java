package io.kreplica;

import io.kreplica.source.MasterFixture;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.List;

/**
 * Statements on a master whose slave is compared after each of them. Everything that {@link #given}
 * creates exists on both sides, triggers and rules too, as if the slave came from the master's
 * schema dump.
 */
final class StatementTrial implements AutoCloseable {

  private final Mirror mirror;

  private StatementTrial(Mirror mirror) {
    this.mirror = mirror;
  }

  static StatementTrial on(PostgresVersion version) throws SQLException {
    return between(Mirror.on(version));
  }

  static StatementTrial between(Mirror mirror) {
    return new StatementTrial(mirror);
  }

  /** Executes DDL on both sides. */
  StatementTrial given(String... statements) throws SQLException {
    mirror.onBoth(statements);
    return this;
  }

  /** Tracks tables. */
  StatementTrial track(String... tables) throws SQLException {
    mirror.track(tables);
    return this;
  }

  /** Executes each statement in a transaction of its own, and compares after each. */
  StatementTrial run(String... statements) throws SQLException, InterruptedException {
    for (var sql : statements) {
      mirror.master().execute(sql);
      compare();
    }
    return this;
  }

  /** Executes statements in one transaction, each a client's command of its own, and compares. */
  StatementTrial together(String... statements) throws SQLException, InterruptedException {
    var session = mirror.master().session();
    session.setAutoCommit(false);
    try {
      mirror.master().execute(statements);
      session.commit();
    } finally {
      session.rollback();
      session.setAutoCommit(true);
    }
    compare();
    return this;
  }

  /** Compares all tracked tables. */
  StatementTrial compare() throws SQLException, InterruptedException {
    mirror.settle().assertEqual();
    return this;
  }

  MasterFixture master() {
    return mirror.master();
  }

  /** The rows of a query on the master, to see that the statements did what they were to do. */
  List<String> rows(String query) throws SQLException {
    return mirror.master().rows(query);
  }

  /** What the source has sent, each record as {@code U 1=second column}. */
  List<String> sent() {
    return TaskRun.describe(mirror.sent());
  }

  @Override
  public void close() throws SQLException {
    mirror.close();
  }
}
