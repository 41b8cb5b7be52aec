package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages claim that name tests is shown by tests that exist. */
class CompatibilityTest {

  private static final Path ROOT = Path.of(System.getProperty("kreplica.root", ".."));
  private static final Pattern ROW = Pattern.compile("\\|(.+)\\|(.+)\\|([^|]+)\\|");
  private static final Pattern REFERENCE = Pattern.compile("`(\\w+)\\.(\\w+)`");

  @ParameterizedTest
  @ValueSource(strings = {"docs/compatibility.md", "docs/guarantees.md", "SECURITY.md"})
  void everyLineNamesATestThatExists(String page) throws IOException {
    var tests = testSources();
    var unproven = new ArrayList<String>();
    for (var line : Files.readAllLines(ROOT.resolve(page))) {
      var row = ROW.matcher(line);
      if (row.matches() && !line.startsWith("|---") && !line.endsWith("| shown by |")) {
        unproven.addAll(missing(row.group(1).strip(), row.group(3), tests));
      }
    }
    assertThat(unproven).isEmpty();
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
