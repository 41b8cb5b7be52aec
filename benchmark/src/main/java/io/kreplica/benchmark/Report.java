package io.kreplica.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The findings as a part of {@code docs/performance.md}, with charts beside it: what stands between
 * the two marks is replaced, the rest is written by hand.
 */
final class Report {

  private static final String BEGIN = "<!-- figures: written by bin/benchmark --report -->";
  private static final String END = "<!-- end of figures -->";
  private static final Path PAGE = Path.of("docs", "performance.md");
  private static final Path CHARTS = Path.of("docs", "performance");

  private final Path root;
  private final List<String> sections = new ArrayList<>();
  private final Map<Path, String> charts = new LinkedHashMap<>();

  /**
   * Begins a report.
   *
   * @param root the project's directory
   * @param machine what the figures are taken on
   * @param command how they are taken
   */
  Report(Path root, String machine, String command) {
    this.root = root;
    sections.add("    " + command + "\n\n" + indented(machine));
  }

  private static String indented(String lines) {
    return lines.lines().map(line -> "    " + line).reduce("", (a, b) -> a + b + "\n");
  }

  /** Adds what one measurement has found. */
  void add(Measurement measurement, Sheet sheet) {
    var section = new StringBuilder("### " + measurement.title() + "\n\n");
    var chart = new BarChart(measurement.title(), sheet);
    if (chart.hasBars()) {
      charts.put(CHARTS.resolve(measurement.name() + ".svg"), chart.toSvg());
      section.append(
          String.format(
              "![%s](%s/%s.svg)%n%n",
              measurement.title(), CHARTS.getFileName(), measurement.name()));
    }
    sections.add(section.append(table(sheet)).toString());
  }

  /** With KReplica's share of a peer's figure in brackets behind it. */
  private static String table(Sheet sheet) {
    var columns = sheet.columns();
    var text = new StringBuilder("| |");
    columns.forEach(column -> text.append(' ').append(column.who()).append(" |"));
    text.append(" aim |\n|---|").append("---:|".repeat(columns.size())).append("---|\n");
    for (var row = 0; row < sheet.rows(); row++) {
      text.append("| ").append(sheet.head(row).what()).append(" |");
      for (var column = 0; column < columns.size(); column++) {
        text.append(' ').append(cell(sheet, column, row)).append(" |");
      }
      text.append(' ').append(sheet.head(row).aim()).append(" |\n");
    }
    return text.toString();
  }

  private static String cell(Sheet sheet, int column, int row) {
    var findings = sheet.columns().get(column);
    if (!findings.has(row)) {
      return "failed";
    }
    var ratio = column == 0 ? "" : sheet.ratio(findings, row);
    return findings.figures().get(row).text() + (ratio.isEmpty() ? "" : " (" + ratio + ")");
  }

  /** Writes the page and its charts. */
  void write() {
    var page = read();
    var begin = page.indexOf(BEGIN);
    var end = page.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalStateException(
          "Cannot write the report: "
              + PAGE
              + " lacks the lines '"
              + BEGIN
              + "' and '"
              + END
              + "'");
    }
    charts.forEach(this::write);
    write(
        PAGE,
        page.substring(0, begin + BEGIN.length())
            + "\n\n"
            + String.join("\n", sections)
            + "\n"
            + page.substring(end));
  }

  private String read() {
    try {
      return Files.readString(root.resolve(PAGE));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + PAGE, e);
    }
  }

  private void write(Path file, String text) {
    try {
      Files.createDirectories(root.resolve(file).getParent());
      Files.writeString(root.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }
}
