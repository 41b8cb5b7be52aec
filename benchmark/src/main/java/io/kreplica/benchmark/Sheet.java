package io.kreplica.benchmark;

import java.util.List;

/** Findings beside each other: a line for each figure, and KReplica's share of each peer's. */
record Sheet(List<Findings> columns) {

  private static final String LABEL = "  %-46s";

  @Override
  public String toString() {
    var text = new StringBuilder();
    if (columns.size() > 1) {
      text.append(String.format(LABEL, ""));
      for (var column = 0; column < columns.size(); column++) {
        text.append(cell(column, columns.get(column).who(), "ratio"));
      }
      text.append('\n');
    }
    for (var row = 0; row < rows(); row++) {
      text.append(line(row)).append('\n');
    }
    return text.toString();
  }

  /** How many figures there are of each who did not fail. */
  int rows() {
    return columns.stream().mapToInt(column -> column.figures().size()).max().orElse(0);
  }

  /** A figure of the row, which says what the row is about and what is aimed at. */
  Figure head(int row) {
    return columns.stream().filter(c -> c.has(row)).findFirst().orElseThrow().figures().get(row);
  }

  private String line(int row) {
    var head = head(row);
    var text = new StringBuilder(String.format(LABEL, head.what()));
    for (var column = 0; column < columns.size(); column++) {
      var findings = columns.get(column);
      text.append(
          findings.has(row)
              ? cell(column, findings.figures().get(row).text(), ratio(findings, row))
              : cell(column, "failed", ""));
    }
    return text.append(head.aim().isEmpty() ? "" : "   (aim: " + head.aim() + ")").toString();
  }

  /** What KReplica's figure is when the peer's is 1; empty if that cannot be told. */
  String ratio(Findings peer, int row) {
    if (!columns.get(0).has(row)) {
      return "";
    }
    var ratio = columns.get(0).figures().get(row).number() / peer.figures().get(row).number();
    return Double.isFinite(ratio) ? String.format("%.2f", ratio) : "";
  }

  private String cell(int column, String value, String ratio) {
    return String.format(" %13s", value)
        + (column > 0 && columns.get(column).isComparable() ? String.format(" %6s", ratio) : "");
  }
}
