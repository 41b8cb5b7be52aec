package io.kreplica;

import io.kreplica.source.MasterFixture;
import io.kreplica.source.TaskRun;
import java.sql.SQLException;
import java.util.List;

/**
 * Statements on a master whose slave is compared after each of them. Everything that {@link #given}
 * creates exists on both sides, triggers and rules too, as if the slave came from the master's
 * schema dump.
 */
final class StatementTrial implements AutoCloseable {

  private final TrialStage stage;
  private final Mirror mirror;

  private StatementTrial(TrialStage stage, Mirror mirror) {
    this.stage = stage;
    this.mirror = mirror;
  }

  static StatementTrial on(TrialStage stage) throws SQLException {
    return between(stage, Mirror.on(stage.version()));
  }

  static StatementTrial between(TrialStage stage, Mirror mirror) {
    // What the old rows say is checked by the sink, which has them before it writes.
    return new StatementTrial(stage, stage.byRow() ? mirror.sink("conflict.mode", "fail") : mirror);
  }

  /** Executes DDL on both sides. */
  StatementTrial given(String... statements) throws SQLException {
    mirror.onBoth(statements);
    return this;
  }

  /** Tracks tables. */
  StatementTrial track(String... tables) throws SQLException {
    for (var table : tables) {
      trackBy(table, "null");
    }
    return this;
  }

  /** Tracks a table by the key of an index. */
  StatementTrial trackBy(String table, String index) throws SQLException {
    mirror
        .master()
        .execute(
            "select replica.track('"
                + table
                + "', key => "
                + index
                + ", old_image => "
                + stage.byRow()
                + ")");
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
