package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages claim that name tests is shown by tests that exist. */
class CompatibilityTest {

  private static final Path ROOT = Path.of(System.getProperty("kreplica.root", ".."));
  private static final Pattern ROW = Pattern.compile("\\|([^|]+)\\|(?:.+\\|)?([^|]+)\\|");
  private static final Pattern REFERENCE = Pattern.compile("`(\\w+)\\.(\\w+)`");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docs/compatibility.md",
        "docs/guarantees.md",
        "docs/operations.md",
        "SECURITY.md"
      })
  void everyLineNamesATestThatExists(String page) throws IOException {
    var tests = testSources();
    var unproven = new ArrayList<String>();
    var claims = rows(page, "shown by");
    for (var claim : claims) {
      unproven.addAll(missing(claim.group(1).strip(), claim.group(2), tests));
    }
    assertThat(claims).isNotEmpty();
    assertThat(unproven).isEmpty();
  }

  @Test
  void everyStopHasATestOfItsWayBack() throws IOException {
    var page = "docs/operations.md";

    var stops = names(rows(page, "way back"));
    assertThat(stops).hasSizeGreaterThan(30);
    assertThat(names(rows(page, "shown by"))).startsWith(stops.toArray(String[]::new));
  }

  private static List<String> names(List<MatchResult> rows) {
    return rows.stream().map(row -> row.group(1).strip()).toList();
  }

  /** The rows of those tables of a page whose last column is called so: first and last cell. */
  private static List<MatchResult> rows(String page, String lastColumn) throws IOException {
    var rows = new ArrayList<MatchResult>();
    var isWithin = false;
    for (var line : Files.readAllLines(ROOT.resolve(page))) {
      var row = ROW.matcher(line);
      if (line.endsWith("| " + lastColumn + " |")) {
        isWithin = true;
      } else if (!row.matches()) {
        isWithin = false;
      } else if (isWithin && !line.startsWith("|---")) {
        rows.add(row.toMatchResult());
      }
    }
    return rows;
  }

  private static List<String> missing(String what, String shownBy, Map<String, String> tests) {
    var missing = new ArrayList<String>();
    var named = 0;
    for (var match = REFERENCE.matcher(shownBy); match.find(); named++) {
      var source = tests.getOrDefault(match.group(1), "");
      if (!source.contains("void " + match.group(2) + "(")) {
        missing.add(what + ": there is no test " + match.group());
      }
    }
    if (named == 0) {
      missing.add(what + ": no test is named");
    }
    return missing;
  }

  private static Map<String, String> testSources() throws IOException {
    var sources = new HashMap<String, String>();
    try (var modules = Files.newDirectoryStream(ROOT, Files::isDirectory)) {
      for (var module : modules) {
        var folder = module.resolve("src/test/java");
        if (Files.isDirectory(folder)) {
          readSources(folder, sources);
        }
      }
    }
    return sources;
  }

  private static void readSources(Path folder, Map<String, String> sources) throws IOException {
    try (var paths = Files.walk(folder)) {
      for (var path : paths.filter(path -> path.toString().endsWith(".java")).toList()) {
        var name = path.getFileName().toString();
        sources.put(name.substring(0, name.length() - ".java".length()), Files.readString(path));
      }
    }
  }
}
