package io.kreplica.benchmark;

import io.kreplica.load.Bank;
import io.kreplica.load.BankLoad;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What capture costs the master: TPC-B transactions a second with and without it, in turns, so that
 * both meet the same machine. No connector reads meanwhile: it would take the processors from both.
 *
 * @param seconds how long each turn takes
 * @param rounds how many turns each side gets
 */
record CaptureCost(int seconds, int rounds) implements Race {

  private static final Bank BANK = new Bank(40, 2_500);

  @Override
  public String name() {
    return "capture";
  }

  @Override
  public String title() {
    return String.format(
        "Master's TPC-B with and without capture, %d turns of %d s", rounds, seconds);
  }

  @Override
  public boolean admits(Contender contender) {
    return contender == Contender.KREPLICA;
  }

  @Override
  public List<Figure> run(Laboratory laboratory) throws SQLException {
    try (var master = laboratory.onMaster()) {
      Bank.createTables(master);
      BANK.fill(master);
    }
    turn(laboratory, 8);
    var figures = new ArrayList<Figure>();
    for (var clients : List.of(1, 8)) {
      var without = 0.0;
      var with = 0.0;
      for (var round = 0; round < rounds; round++) {
        without += turn(laboratory, clients);
        laboratory.track(Bank.TABLES);
        with += turn(laboratory, clients);
        for (var table : Bank.TABLES) {
          laboratory.executeOnMaster("select replica.untrack('" + table + "')");
        }
      }
      figures.add(
          Figure.of(
              clients + " client(s)",
              String.format("%,.0f tps without, %,.0f with", without / rounds, with / rounds)));
      figures.add(
          Figure.of(clients + " client(s), ratio", String.format("%.2f", with / without))
              .aim("above 0.7"));
    }
    return figures;
  }

  private double turn(Laboratory laboratory, int clients) {
    var start = System.nanoTime();
    try (var load =
        BankLoad.builder(BANK, laboratory::onMaster).clients(clients).payInOnly().start()) {
      LockSupport.parkNanos(seconds * 1_000_000_000L);
      load.stop();
      return load.commits() * 1e9 / (System.nanoTime() - start);
    }
  }
}
