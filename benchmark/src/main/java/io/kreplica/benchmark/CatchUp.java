package io.kreplica.benchmark;

import io.kreplica.load.Bank;
import io.kreplica.load.BankLoad;
import java.sql.SQLException;
import java.util.List;

/**
 * How fast a slave makes up for a pause: the replication is stopped, the master goes on, the
 * replication starts again.
 *
 * @param transactions how many transactions of four row changes the master does meanwhile
 */
record CatchUp(int transactions) implements Race {

  private static final Bank BANK = new Bank(20, 5_000);
  private static final int CLIENTS = 8;

  @Override
  public String name() {
    return "catch-up";
  }

  @Override
  public String title() {
    return String.format("Catch-up of %,d TPC-B transactions after a pause", transactions);
  }

  @Override
  public List<Figure> run(Laboratory laboratory) throws SQLException {
    try (var slave = laboratory.onSlave()) {
      Bank.createTables(slave);
    }
    try (var master = laboratory.onMaster()) {
      Bank.createTables(master);
      BANK.fill(master);
    }
    laboratory.track(Bank.TABLES);
    laboratory.startReplication();
    laboratory.stopReplication();
    var bytes = laboratory.topicBytes();

    var load =
        BankLoad.builder(BANK, laboratory::onMaster)
            .clients(CLIENTS)
            .transactions(transactions)
            .payInOnly()
            .start();
    load.await();
    laboratory.raiseFlag();

    var start = System.nanoTime();
    laboratory.resumeReplication();
    laboratory.awaitOnSlave("select from public.history limit 1");
    var firstSeen = System.nanoTime();
    var changesThen = 4 * history(laboratory);
    laboratory.awaitRaisedFlag();
    var end = System.nanoTime();

    var changes = load.rowChanges();
    return List.of(
        Figure.rate("from the request to start", changes, end - start)
            .aim("at least native's, 5 times Debezium's"),
        Figure.seconds("time of that", end - start),
        Figure.seconds("from the request to the first seen", firstSeen - start),
        afterwards(changes - changesThen, end - firstSeen),
        laboratory.topicBytes(bytes, changes),
        laboratory.verdict(Bank.TABLES));
  }

  private static Figure afterwards(long changes, long nanos) {
    return changes == 0
        ? Figure.of("from the first seen, row changes/s", "all at once")
        : Figure.rate("from the first seen", changes, nanos);
  }

  private static long history(Laboratory laboratory) throws SQLException {
    try (var slave = laboratory.onSlave();
        var statement = slave.createStatement();
        var count = statement.executeQuery("select count(*) from public.history")) {
      count.next();
      return count.getLong(1);
    }
  }
}
