package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the README quotes is what the repository holds. */
class ReadmeTest {

  private static final Path ROOT = Path.of(System.getProperty("kreplica.root", ".."));

  @ParameterizedTest
  @CsvSource({
    "source-connector/src/main/java/io/kreplica/source/ReplicaSourceTask.java,"
        + " public List<SourceRecord> poll()",
    "sink-connector/src/main/java/io/kreplica/sink/ReplicaSinkTask.java,"
        + " public void put(Collection<SinkRecord> records)"
  })
  void methodsAreQuotedAsTheyAre(String file, String signature) throws IOException {
    assertThat(readme()).contains(method(Files.readString(ROOT.resolve(file)), signature));
  }

  @ParameterizedTest
  @CsvSource({"config/source.json", "config/sink.json"})
  void configurationsAreShownAsTheyAre(String file) throws IOException {
    assertThat(readme()).contains(Files.readString(ROOT.resolve(file)).strip());
  }

  private static String readme() throws IOException {
    return Files.readString(ROOT.resolve("README.md"));
  }

  /** A method of a class in the formatter's layout: up to the brace that is indented like it. */
  private static String method(String source, String signature) {
    var start = source.indexOf("  " + signature);
    assertThat(start).as(signature).isPositive();
    return source.substring(start, source.indexOf("\n  }\n", start) + 4).stripIndent();
  }
}
