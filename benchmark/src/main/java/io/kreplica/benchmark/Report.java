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
  void add(Measurement measurement, List<Findings> findings) {
    var section = new StringBuilder("### " + measurement.title() + "\n\n");
    var chart = new BarChart(measurement.title(), findings);
    if (chart.hasBars()) {
      charts.put(CHARTS.resolve(measurement.name() + ".svg"), chart.toSvg());
      section.append(
          String.format(
              "![%s](%s/%s.svg)%n%n",
              measurement.title(), CHARTS.getFileName(), measurement.name()));
    }
    sections.add(section.append(table(findings)).toString());
  }

  private static String table(List<Findings> findings) {
    var text = new StringBuilder("| |");
    findings.forEach(column -> text.append(' ').append(column.who()).append(" |"));
    text.append(" aim |\n|---|").append("---:|".repeat(findings.size())).append("---|\n");
    var rows = findings.stream().mapToInt(column -> column.figures().size()).max().orElse(0);
    for (var i = 0; i < rows; i++) {
      var row = i;
      var head =
          findings.stream().filter(c -> c.has(row)).findFirst().orElseThrow().figures().get(row);
      text.append("| ").append(head.what()).append(" |");
      for (var column : findings) {
        var value = column.has(row) ? column.figures().get(row).text() : "failed";
        text.append(' ').append(value).append(" |");
      }
      text.append(' ').append(head.aim()).append(" |\n");
    }
    return text.toString();
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
