package io.kreplica.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  private static final List<Findings> FINDINGS =
      List.of(
          new Findings(
              "KReplica",
              List.of(Figure.millis("p50", 5_000_000).aim("3 ms"), Figure.of("tables", "equal"))),
          new Findings(
              "native <1>",
              List.of(Figure.millis("p50", 2_000_000), Figure.of("tables", "equal"))));

  @TempDir private Path root;
  private Path page;

  @BeforeEach
  void writePage() throws Exception {
    page = root.resolve("docs/performance.md");
    Files.createDirectories(page.getParent());
    Files.writeString(
        page,
        """
        # Performance
        <!-- figures: written by bin/benchmark --report -->
        of last time
        <!-- end of figures -->
        What did not help.
        """);
  }

  @Test
  void replacesTheFiguresOfLastTimeAndNothingElse() throws Exception {
    report(FINDINGS).write();

    assertThat(Files.readString(page))
        .startsWith("# Performance\n<!-- figures")
        .endsWith("<!-- end of figures -->\nWhat did not help.\n")
        .doesNotContain("of last time")
        .contains("    bin/benchmark latency-20\n", "    2 cores\n")
        .contains("| p50 | 5.0 ms | 2.0 ms (2.50) | 3 ms |", "| tables | equal | equal |  |")
        .contains("](performance/latency-20.svg)");
  }

  @Test
  void drawsABarForEachContenderAsLongAsItsFigure() throws Exception {
    report(FINDINGS).write();

    assertThat(Files.readString(root.resolve("docs/performance/latency-20.svg")))
        .contains("c0\" x=\"130\" y=\"26\" width=\"520.0\"", "width=\"208.0\"")
        .contains("native &lt;1>", "5.0 ms")
        .doesNotContain("equal");
  }

  @Test
  void drawsNothingWhereOneIsAlone() throws Exception {
    report(FINDINGS.subList(0, 1)).write();

    assertThat(root.resolve("docs/performance")).doesNotExist();
    assertThat(Files.readString(page)).doesNotContain(".svg");
  }

  @Test
  void leavesAPageWithoutMarksAlone() throws Exception {
    Files.writeString(page, "# Mine\n");

    assertThatThrownBy(() -> report(FINDINGS).write()).hasMessageContaining("lacks the lines");
    assertThat(page).hasContent("# Mine\n");
  }

  private Report report(List<Findings> findings) {
    var report = new Report(root, "2 cores", "bin/benchmark latency-20");
    report.add(new Latency(20, 3), new Sheet(findings));
    return report;
  }
}
