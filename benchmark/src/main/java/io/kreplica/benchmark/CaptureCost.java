package io.kreplica.benchmark;

import io.kreplica.load.Bank;
import io.kreplica.load.BankLoad;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * What a capture leaves of the master's throughput: TPC-B transactions a second with and without
 * it, in turns, so that all meet the same machine. Nobody reads what is noted meanwhile: that would
 * take the processors from all.
 *
 * @param seconds how long each turn takes
 * @param rounds how many turns each capture gets
 */
record CaptureCost(int seconds, int rounds) implements Measurement {

  private static final Bank BANK = new Bank(40, 2_500);
  private static final List<Integer> CLIENTS = List.of(1, 4, 32);

  @Override
  public String name() {
    return "capture";
  }

  @Override
  public String title() {
    return String.format(
        "Share of the master's TPC-B transactions left by capture, %d turn(s) of %d s",
        rounds, seconds);
  }

  @Override
  public List<Findings> take(Stand stand) throws SQLException {
    try (var captures = new CaptureStand(stand, name(), CaptureCost::openBank, Bank.TABLES)) {
      var rates = new LinkedHashMap<Capture, Map<Integer, Double>>();
      for (var capture : captures.captures()) {
        turn(captures, capture, 8);
        rates.put(capture, new LinkedHashMap<>());
      }
      for (var clients : CLIENTS) {
        for (var round = 0; round < rounds; round++) {
          for (var capture : captures.captures()) {
            rates.get(capture).merge(clients, turn(captures, capture, clients), Double::sum);
          }
        }
      }
      return findings(rates);
    }
  }

  private static void openBank(Connection connection) throws SQLException {
    Bank.createTables(connection);
    BANK.fill(connection);
  }

  private double turn(CaptureStand captures, Capture capture, int clients) {
    var start = System.nanoTime();
    try (var load =
        BankLoad.builder(BANK, () -> captures.connect(capture))
            .clients(clients)
            .payInOnly()
            .start()) {
      LockSupport.parkNanos(seconds * 1_000_000_000L);
      load.stop();
      return load.commits() * 1e9 / (System.nanoTime() - start);
    }
  }

  /** The last capture is none: the others' rates are told as shares of its rate. */
  private List<Findings> findings(Map<Capture, Map<Integer, Double>> rates) {
    var captures = List.copyOf(rates.keySet());
    var base = captures.get(captures.size() - 1);
    var findings = new ArrayList<Findings>();
    for (var capture : captures) {
      var figures = new ArrayList<Figure>();
      for (var clients : CLIENTS) {
        var rate = rates.get(capture).get(clients);
        figures.add(
            capture == base
                ? Figure.of(clients + " client(s)", String.format("%,.0f tps", rate / rounds))
                : share(clients, rate / rates.get(base).get(clients)));
      }
      findings.add(new Findings(capture.title(), figures));
    }
    return findings;
  }

  private static Figure share(int clients, double share) {
    return new Figure(
        clients + " client(s)",
        share,
        String.format("%.2f", share),
        "at least PgQ's and Slony-I's");
  }
}
