package io.kreplica.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Findings as bars, drawn as SVG: a group for each figure that contenders can be compared by, a bar
 * for each contender. Within a group the longest bar is as long as there is room; groups have units
 * of their own and are not to be compared. Readable on light and dark pages.
 */
final class BarChart {

  private static final int WIDTH = 760;
  private static final int LABELS = 130;
  private static final int VALUES = 110;
  private static final int BAR = 18;
  private static final int GAP = 6;
  private static final int HEAD = 26;

  private static final String STYLE =
      """
      <style>
      text { font: 13px system-ui, sans-serif; fill: #24292f; }
      .head { font-weight: 600; }
      .c0 { fill: #1f6feb; } .c1 { fill: #8c959f; } .c2 { fill: #bf8700; }
      .c3 { fill: #8250df; } .c4 { fill: #57606a; }
      @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } }
      </style>
      """;

  private final String title;
  private final Sheet sheet;
  private final List<Findings> contenders;

  BarChart(String title, Sheet sheet) {
    this.title = title;
    this.sheet = sheet;
    this.contenders = sheet.columns();
  }

  /** Whether there is anything to compare. */
  boolean hasBars() {
    return !rows().isEmpty();
  }

  /** The rows of which more than one contender has a figure that can be compared. */
  private List<Integer> rows() {
    return IntStream.range(0, sheet.rows())
        .filter(row -> comparable(row).count() > 1)
        .boxed()
        .toList();
  }

  private Stream<Figure> comparable(int row) {
    return contenders.stream()
        .filter(c -> c.has(row))
        .map(c -> c.figures().get(row))
        .filter(Figure::isComparable);
  }

  String toSvg() {
    var body = new StringBuilder();
    var y = 0;
    for (var row : rows()) {
      y += HEAD;
      body.append(text(0, y - 8, "head", sheet.head(row).what()));
      for (var i = 0; i < contenders.size(); i++) {
        if (contenders.get(i).has(row)) {
          body.append(bar(row, i, y));
          y += BAR + GAP;
        }
      }
    }
    return String.format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
            + " aria-label=\"%s\">%n%s%s</svg>%n",
        WIDTH, y, escape(title), STYLE, body);
  }

  private String bar(int row, int contender, int y) {
    var findings = contenders.get(contender);
    var figure = findings.figures().get(row);
    var longest = comparable(row).mapToDouble(Figure::number).max().orElse(1);
    var share = figure.isComparable() && longest > 0 ? figure.number() / longest : 0;
    var length = share * (WIDTH - LABELS - VALUES);
    return text(0, y + 13, "", findings.who())
        + String.format(
            Locale.ROOT,
            "<rect class=\"c%d\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
            contender,
            LABELS,
            y,
            Math.max(1, length),
            BAR)
        + text((int) (LABELS + length + 6), y + 13, "", figure.text());
  }

  private static String text(int x, int y, String style, String text) {
    return String.format(
        "<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>%n", x, y, style, escape(text));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
