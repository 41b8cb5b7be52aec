package io.kreplica.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Random;

/**
 * One client of the bank in one session: it does one transaction after another, all of them drawn
 * from its own seeded randomness. Not thread-safe.
 */
final class BankClient implements AutoCloseable {

  private static final int MAX_DELTA = 5000;

  private final Bank bank;
  private final Random random;
  private final Connection connection;
  private final PreparedStatement updateAccount;
  private final PreparedStatement updateTeller;
  private final PreparedStatement updateBranch;
  private final PreparedStatement insertHistory;
  private final PreparedStatement foldHistory;

  BankClient(Bank bank, Random random, Connection connection) throws SQLException {
    this.bank = bank;
    this.random = random;
    this.connection = connection;
    connection.setAutoCommit(false);
    updateAccount =
        connection.prepareStatement(
            "update public.account set balance = balance + ?, changed_at = clock_timestamp()"
                + " where account_id = ?");
    updateTeller =
        connection.prepareStatement(
            "update public.teller set balance = balance + ? where teller_id = ?");
    updateBranch =
        connection.prepareStatement(
            "update public.branch set balance = balance + ? where branch_id = ?");
    insertHistory =
        connection.prepareStatement(
            "insert into public.history (delta, teller_id, branch_id, account_id)"
                + " values (?, ?, ?, ?)");
    foldHistory =
        connection.prepareStatement(
            """
            with oldest as (
                select history_id from public.history where account_id <= ?
                order by history_id limit 5 for update skip locked
            ), gone as (
                delete from public.history h using oldest where h.history_id = oldest.history_id
                returning h.*
            )
            insert into public.history (delta, teller_id, branch_id, account_id)
            select sum(delta), min(teller_id), min(branch_id), min(account_id) from gone
            having count(*) > 0
            """);
  }

  /**
   * Does a transaction of any kind: most pay in, some transfer, some change their mind half-way,
   * some are rolled back, and some fold old history into one row.
   *
   * @return how many rows it changed for good
   */
  int any() throws SQLException {
    var kind = random.nextInt(20);
    return switch (kind) {
      case 0 -> rollBack();
      case 1 -> changeMind();
      case 2 -> fold();
      case 3, 4, 5 -> transfer();
      default -> payIn();
    };
  }

  /**
   * Does the transaction of TPC-B: pays an amount, which may be negative, into an account.
   *
   * @return how many rows it changed
   */
  int payIn() throws SQLException {
    var rows = book(delta());
    connection.commit();
    return rows;
  }

  private int transfer() throws SQLException {
    var delta = delta();
    var one = account();
    var other = account();
    // In the order of their numbers, lest two transfers wait for each other.
    update(updateAccount, one < other ? delta : -delta, Math.min(one, other));
    update(updateAccount, one < other ? -delta : delta, Math.max(one, other));
    record(delta, teller(), one);
    record(-delta, teller(), other);
    connection.commit();
    return 4;
  }

  private int changeMind() throws SQLException {
    var savepoint = connection.setSavepoint();
    book(delta());
    connection.rollback(savepoint);
    var kept = book(delta());
    var second = connection.setSavepoint();
    record(delta(), teller(), account());
    connection.rollback(second);
    connection.commit();
    return kept;
  }

  private int rollBack() throws SQLException {
    book(delta());
    connection.rollback();
    return 0;
  }

  private int fold() throws SQLException {
    foldHistory.setInt(1, account());
    var rows = foldHistory.executeUpdate();
    connection.commit();
    return rows;
  }

  private int book(int delta) throws SQLException {
    var account = account();
    var teller = teller();
    update(updateAccount, delta, account);
    update(updateTeller, delta, teller);
    update(updateBranch, delta, branchOf(teller));
    record(delta, teller, account);
    return 4;
  }

  private void record(int delta, int teller, int account) throws SQLException {
    insertHistory.setInt(1, delta);
    insertHistory.setInt(2, teller);
    insertHistory.setInt(3, branchOf(teller));
    insertHistory.setInt(4, account);
    insertHistory.executeUpdate();
  }

  private static void update(PreparedStatement statement, int delta, int id) throws SQLException {
    statement.setInt(1, delta);
    statement.setInt(2, id);
    statement.executeUpdate();
  }

  private int delta() {
    return random.nextInt(2 * MAX_DELTA + 1) - MAX_DELTA;
  }

  private int account() {
    return 1 + random.nextInt(bank.branches() * bank.accounts());
  }

  private int teller() {
    return 1 + random.nextInt(bank.branches() * Bank.TELLERS_PER_BRANCH);
  }

  private static int branchOf(int teller) {
    return 1 + (teller - 1) / Bank.TELLERS_PER_BRANCH;
  }

  void rollbackQuietly() {
    try {
      connection.rollback();
    } catch (SQLException e) {
      // The session is gone, and with it the transaction.
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // Gone already.
    }
  }
}
