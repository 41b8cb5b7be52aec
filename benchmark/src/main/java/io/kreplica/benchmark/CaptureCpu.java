package io.kreplica.benchmark;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a capture costs the application's own session: its processor time for each changed row, less
 * what the same statement takes where no trigger is. Not the time that passes, which depends on who
 * else is at work.
 *
 * @param statements how many statements of one row
 * @param rows how many rows a bulk statement changes
 * @param rounds how many turns each capture gets; the least counts, for what else the machine does
 *     meanwhile only adds to it
 */
record CaptureCpu(int statements, int rows, int rounds) implements Measurement {

  private static final int WARM_UP = 100;
  private static final int PER_TRANSACTION = 100;

  @Override
  public String name() {
    return "capture-cpu";
  }

  @Override
  public String title() {
    return String.format(
        "Backend's processor time a row that capture adds, %,d statements of a row, bulk of %,d",
        statements, rows);
  }

  @Override
  public List<Findings> take(Stand stand) throws SQLException {
    try (var captures =
        new CaptureStand(stand, name(), CaptureCpu::createTable, List.of(WideTable.NAME))) {
      var costs = new LinkedHashMap<Capture, List<Map<String, Double>>>();
      for (var round = 0; round < rounds; round++) {
        for (var capture : captures.captures()) {
          try (var session = captures.connect(capture)) {
            costs.computeIfAbsent(capture, c -> new ArrayList<>()).add(turn(session));
          }
        }
      }
      return findings(costs);
    }
  }

  private static void createTable(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(WideTable.DDL);
    }
  }

  private Map<String, Double> turn(Connection session) throws SQLException {
    var micros = new LinkedHashMap<String, Double>();
    var cpu = new BackendCpu(session);
    try (var statement = session.createStatement()) {
      // To wait for the disk costs each the same, and ten times as much as what is looked for.
      statement.execute("set synchronous_commit = off");
    }
    single(session, cpu, "", micros);
    session.setAutoCommit(false);
    single(session, cpu, ", 100 in a transaction", micros);
    session.setAutoCommit(true);
    bulk(session, cpu, "insert, bulk", WideTable.insert(rows), micros);
    bulk(session, cpu, "update, bulk", WideTable.UPDATE, micros);
    bulk(session, cpu, "delete, bulk", WideTable.DELETE, micros);
    try (var statement = session.createStatement()) {
      statement.execute("vacuum public.wide");
    }
    return micros;
  }

  private void single(Connection session, BackendCpu cpu, String how, Map<String, Double> micros)
      throws SQLException {
    micros.put("insert" + how, micros(session, cpu, WideTable.insertOne()));
    micros.put("update" + how, micros(session, cpu, WideTable.updateOne()));
    micros.put("delete" + how, micros(session, cpu, WideTable.deleteOne()));
  }

  /** Of one statement of one row, prepared, after some to warm up. */
  private double micros(Connection session, BackendCpu cpu, String sql) throws SQLException {
    try (var statement = session.prepareStatement(sql)) {
      execute(session, statement, 1, WARM_UP);
      var start = cpu.nanos();
      execute(session, statement, WARM_UP + 1, statements);
      return (cpu.nanos() - start) / 1e3 / statements;
    }
  }

  private static void execute(Connection session, PreparedStatement statement, int from, int count)
      throws SQLException {
    for (var n = 0; n < count; n++) {
      statement.setInt(1, from + n);
      statement.executeUpdate();
      if (!session.getAutoCommit() && n % PER_TRANSACTION == PER_TRANSACTION - 1) {
        session.commit();
      }
    }
    if (!session.getAutoCommit()) {
      session.commit();
    }
  }

  private void bulk(
      Connection session, BackendCpu cpu, String what, String sql, Map<String, Double> micros)
      throws SQLException {
    try (var statement = session.createStatement()) {
      var start = cpu.nanos();
      statement.execute(sql);
      micros.put(what, (cpu.nanos() - start) / 1e3 / rows);
    }
  }

  /** The last capture is none: what the others' cost is counted from. */
  private static List<Findings> findings(Map<Capture, List<Map<String, Double>>> costs) {
    var captures = List.copyOf(costs.keySet());
    var base = captures.get(captures.size() - 1);
    var findings = new ArrayList<Findings>();
    for (var capture : captures) {
      var figures = new ArrayList<Figure>();
      for (var what : costs.get(base).get(0).keySet()) {
        var micros = least(costs.get(capture), what);
        figures.add(
            capture == base
                ? Figure.of(what, String.format("%.1f µs", micros))
                : added(what, micros - least(costs.get(base), what)));
      }
      findings.add(new Findings(capture.title(), figures));
    }
    return findings;
  }

  private static Figure added(String what, double micros) {
    return new Figure(
        what,
        micros,
        String.format("%.1f µs", micros),
        what.contains("bulk")
            ? "at most a third of PgQ's and Slony-I's"
            : "at most PgQ's and Slony-I's");
  }

  private static double least(List<Map<String, Double>> rounds, String what) {
    return rounds.stream().mapToDouble(round -> round.get(what)).min().orElseThrow();
  }
}
