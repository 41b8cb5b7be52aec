package io.kreplica.random;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;
import org.postgresql.util.PSQLException;

/**
 * One client of the master: transactions of random statements, with savepoints, errors and
 * rollbacks. Each moves an amount from one table to another, so that the sum over both stays zero.
 */
final class RandomSession implements AutoCloseable {

  private static final int ACCOUNTS = 12;

  private final Connection connection;
  private final Random random;
  private final RandomStatements statements;
  private final Transcript transcript;
  private final String name;

  RandomSession(
      Connection connection,
      Random random,
      RandomStatements statements,
      Transcript transcript,
      String name)
      throws SQLException {
    this.connection = connection;
    this.random = random;
    this.statements = statements;
    this.transcript = transcript;
    this.name = name;
    connection.setAutoCommit(false);
    execute("set lock_timeout = '1s'");
    execute("set statement_timeout = '5s'");
    connection.commit();
  }

  /** Tables whose amounts sum up to zero, the second captured row by row. */
  static String[] balances() {
    return new String[] {
      "create table credit (id int primary key, amount bigint not null)",
      "create table debit (id int primary key, amount bigint not null)"
    };
  }

  /** One transaction, whatever becomes of it. */
  void transaction() throws SQLException {
    var keepsGoing = random.nextInt(10) < 7;
    var amount = random.nextInt(100);
    try {
      if (random.nextInt(6) == 0) {
        execute("set transaction isolation level repeatable read");
      }
      move("credit", amount);
      for (var i = random.nextInt(6); i >= 0; i--) {
        step(keepsGoing);
      }
      move("debit", -amount);
      if (random.nextInt(9) == 0) {
        transcript.note(name, "rollback;");
        connection.rollback();
      } else {
        connection.commit();
        transcript.note(name, "commit;");
      }
    } catch (SQLException e) {
      // Taken keys, missing parents and deadlocks are part of the game; a capture that fails is
      // not.
      check(e);
      connection.rollback();
      transcript.note(name, "rollback; -- " + firstLine(e));
    }
  }

  private void move(String table, int amount) throws SQLException {
    var id = 1 + random.nextInt(ACCOUNTS);
    execute(
        random.nextInt(3) > 0
            ? "insert into "
                + table
                + " values ("
                + id
                + ", "
                + amount
                + ") on conflict (id)"
                + " do update set amount = "
                + table
                + ".amount + "
                + amount
            : "insert into "
                + table
                + " select coalesce(max(id), 0) + 100, "
                + amount
                + " from "
                + table);
  }

  private void step(boolean keepsGoing) throws SQLException {
    if (!keepsGoing) {
      execute(statements.next());
      return;
    }
    execute("savepoint s");
    try {
      execute(statements.next());
      if (random.nextInt(10) == 0) {
        execute("rollback to s");
      } else if (random.nextBoolean()) {
        execute("release s");
      }
    } catch (SQLException e) {
      check(e);
      execute("rollback to s");
    }
  }

  private void execute(String sql) throws SQLException {
    execute(RandomStatement.of(sql));
  }

  private void execute(RandomStatement statement) throws SQLException {
    try {
      statement.execute(connection);
      transcript.note(name, statement.toString());
    } catch (SQLException e) {
      transcript.note(name, statement + " -- " + firstLine(e));
      throw e;
    }
  }

  private static void check(SQLException e) {
    var where =
        e instanceof PSQLException p && p.getServerErrorMessage() != null
            ? String.valueOf(p.getServerErrorMessage().getWhere())
            : "";
    // Only what makes a client wait too long may end a capture.
    if (where.contains("function replica.") && !"57014".equals(e.getSQLState())) {
      throw new AssertionError("A capture made a statement fail: " + e.getMessage(), e);
    }
    if (e.getSQLState() != null && e.getSQLState().startsWith("42")) {
      Transcript.count(e.getSQLState() + " " + firstLine(e));
    }
  }

  private static String firstLine(SQLException e) {
    return e.getMessage().lines().findFirst().orElse("");
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
