package io.kreplica.benchmark;

import io.kreplica.load.Bank;
import io.kreplica.load.BankLoad;
import java.sql.SQLException;
import java.util.List;

/**
 * How fast a slave makes up for a pause: connectors are stopped, the master goes on, the connectors
 * start again.
 *
 * @param transactions how many transactions of four row changes the master does meanwhile
 */
record CatchUp(int transactions) implements Measurement {

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
    laboratory.startConnectors();
    laboratory.stopConnectors();

    var load =
        BankLoad.builder(BANK, laboratory::onMaster)
            .clients(CLIENTS)
            .transactions(transactions)
            .payInOnly()
            .start();
    load.await();
    laboratory.raiseFlag();

    var start = System.nanoTime();
    laboratory.resumeConnectors();
    var firstSeen = awaitProgress(laboratory);
    laboratory.awaitRaisedFlag();
    var end = System.nanoTime();

    var changes = load.rowChanges();
    return List.of(
        new Figure("from the request to start", Units.rate(changes, end - start), "30,000/s"),
        Figure.of("time of that", Units.seconds(end - start)),
        Figure.of(
            "from the first batch on the slave",
            Units.rate(changes - firstSeen.changes(), end - firstSeen.time())),
        laboratory.verdict(Bank.TABLES));
  }

  private record FirstSight(long time, long changes) {}

  private static FirstSight awaitProgress(Laboratory laboratory) throws SQLException {
    try (var slave = laboratory.onSlave();
        var count = slave.prepareStatement("select count(*) from public.history")) {
      while (true) {
        try (var result = count.executeQuery()) {
          result.next();
          if (result.getLong(1) > 0) {
            return new FirstSight(System.nanoTime(), 4 * result.getLong(1));
          }
        }
      }
    }
  }
}
