package io.kreplica.benchmark;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Statements that change many rows at once, of ten columns each.
 *
 * @param rows how many
 */
record BulkChanges(int rows) implements Race {

  @Override
  public String name() {
    return "bulk";
  }

  @Override
  public String title() {
    return String.format("Bulk statements of %,d ten-column rows", rows);
  }

  @Override
  public List<Figure> run(Laboratory laboratory) throws SQLException {
    laboratory.createTable(WideTable.DDL);
    laboratory.track(List.of(WideTable.NAME));
    laboratory.startReplication();
    var bytes = laboratory.topicBytes();

    var figures = new ArrayList<Figure>();
    figures.addAll(timed(laboratory, "insert", WideTable.insert(rows)));
    figures.addAll(timed(laboratory, "update", WideTable.UPDATE));
    figures.add(laboratory.verdict(List.of(WideTable.NAME)));
    figures.addAll(timed(laboratory, "delete", WideTable.DELETE));
    figures.add(laboratory.verdict(List.of(WideTable.NAME)));
    figures.add(laboratory.topicBytes(bytes, 3L * rows));
    return figures;
  }

  private List<Figure> timed(Laboratory laboratory, String what, String sql) throws SQLException {
    var start = System.nanoTime();
    laboratory.executeOnMaster(sql);
    var committed = System.nanoTime();
    laboratory.awaitFlag();
    var visible = System.nanoTime();
    return List.of(
        Figure.rate(what + ", from the commit", rows, visible - committed).aim("at least native's"),
        Figure.seconds(what + ", on the master", committed - start),
        Figure.seconds(what + ", from its start to visible", visible - start));
  }
}
