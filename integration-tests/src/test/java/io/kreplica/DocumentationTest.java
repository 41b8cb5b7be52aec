package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.record.EventHeaders;
import io.kreplica.record.Marker;
import io.kreplica.record.Operation;
import io.kreplica.record.Part;
import io.kreplica.record.SchemaCommand;
import io.kreplica.sink.ReplicaSinkConnector;
import io.kreplica.source.ReplicaSourceConnector;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;

/** What the documentation names, the code has; and what goes over the wire, the docs name. */
class DocumentationTest {

  private static final Path ROOT = Path.of(System.getProperty("kreplica.root", ".."));

  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
  private static final Pattern FILE = Pattern.compile("[\\w*/.-]*\\w[\\w*]*\\.(?:java|sql|json)");
  private static final Pattern OBJECT = Pattern.compile("\\breplica\\.(\\w+)");
  private static final Pattern SETTING = Pattern.compile("([a-z]+(?:\\.[a-z]+)+)(?:=\\S*)?");

  /** Settings of Kafka, Connect and PostgreSQL's driver, and field parameters. */
  private static final Set<String> OF_OTHERS =
      Set.of(
          "cleanup.policy",
          "consumer.override.max.partition.fetch.bytes",
          "consumer.override.max.poll.records",
          "producer.override.buffer.memory",
          "errors.tolerance",
          "exactly.once.support",
          "isolation.level",
          "max.message.bytes",
          "max.request.size",
          "plugin.path",
          "postgres.type",
          // Placeholders of names.
          "schema.sequence",
          "schema.table",
          "connect.decimal.precision",
          "session.timeout.ms",
          "transaction.timeout.ms");

  @Test
  void filesThatAreNamedExist() throws IOException {
    var files = files("", "").map(file -> "/" + ROOT.relativize(file)).toList();
    var missing = new TreeSet<String>();
    for (var name : named(CODE)) {
      if (FILE.matcher(name).matches()) {
        var pattern = Pattern.quote("/" + name).replace("*", "\\E\\w*\\Q") + "$";
        var regex = Pattern.compile(pattern);
        if (files.stream().noneMatch(file -> regex.matcher(file).find())) {
          missing.add(name);
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void objectsOfTheSchemaAndHeadersThatAreNamedExist() throws IOException {
    var sources = sources();
    assertThat(named(OBJECT))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(sources).containsPattern("\\breplica\\." + name + "\\b"));
  }

  @Test
  void settingsThatAreNamedExist() throws IOException {
    var settings = new HashSet<>(OF_OTHERS);
    settings.addAll(new ReplicaSourceConnector().config().names());
    settings.addAll(new ReplicaSinkConnector().config().names());
    var unknown = new TreeSet<String>();
    for (var name : named(CODE)) {
      var setting = SETTING.matcher(name);
      if (setting.matches()
          && !FILE.matcher(name).matches()
          && !name.startsWith("replica.")
          && !name.startsWith("io.")
          && !settings.contains(setting.group(1))) {
        unknown.add(name);
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void messagesToWhichARemedyIsGivenAreThoseOfTheCode() throws IOException {
    var sources = sources();
    var rows = new ArrayList<String>();
    for (var line : Files.readAllLines(ROOT.resolve("docs/operations.md"))) {
      if (line.startsWith("| Cannot ")) {
        rows.add(line.substring(2, line.indexOf(" |")));
      }
    }
    var pieces = new TreeSet<String>();
    for (var row : rows) {
      // Some messages say in the middle what cannot be applied.
      var message = row.replace("apply a row", "… a row").replace("create table", "… table");
      pieces.addAll(List.of(message.split("\\s*…\\s*|: |, ")));
    }
    pieces.removeIf(piece -> piece.length() < 7 || sources.contains(piece));
    assertThat(rows).hasSizeGreaterThan(10);
    assertThat(pieces).as("not in any message").isEmpty();
  }

  @Test
  void everyHeaderIsInTheTableOfHeaders() throws Exception {
    var headers = new TreeSet<String>();
    for (var constant : EventHeaders.class.getFields()) {
      if (Modifier.isStatic(constant.getModifiers()) && constant.getType() == String.class) {
        headers.add((String) constant.get(null));
      }
    }
    var listed = new TreeSet<String>();
    var row = Pattern.compile("\\| `(replica\\.\\w+)` \\|.*");
    for (var line : Files.readAllLines(ROOT.resolve("docs/record-format.md"))) {
      var header = row.matcher(line);
      if (header.matches()) {
        listed.add(header.group(1));
      }
    }
    assertThat(listed).isEqualTo(headers);
  }

  @Test
  void everyOperationAndEveryFieldOfAStructIsNamed() throws IOException {
    var page = Files.readString(ROOT.resolve("docs/record-format.md"));

    assertThat(Operation.values())
        .allSatisfy(
            operation ->
                assertThat(page)
                    .containsPattern("\\| `replica.op` .*\\b" + operation.code() + " [a-z]")
                    .containsPattern("\\| (?:\\w, )*" + operation.code() + "(?:, \\w)* \\| "));
    var sequences = Marker.SCHEMA.field("sequences").schema().valueSchema();
    for (var schema : List.of(Marker.SCHEMA, sequences, Part.SCHEMA, SchemaCommand.SCHEMA)) {
      assertThat(page).contains("`" + schema.name() + "`");
      assertThat(fields(schema)).allSatisfy(field -> assertThat(page).contains("`" + field + "`"));
    }
  }

  private static List<String> fields(Schema schema) {
    return schema.fields().stream().map(field -> field.name()).toList();
  }

  /**
   * What matches in the README and the pages of docs, but for decisions, which are of their day.
   */
  private static Set<String> named(Pattern pattern) throws IOException {
    var names = new TreeSet<String>();
    var pages = new ArrayList<Path>(List.of(ROOT.resolve("README.md")));
    try (var docs = Files.list(ROOT.resolve("docs"))) {
      docs.filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
    }
    for (var page : pages) {
      for (var match = pattern.matcher(Files.readString(page)); match.find(); ) {
        names.add(match.group(1));
      }
    }
    return names;
  }

  /** Everything that runs, with the texts that Java's source has in several pieces put together. */
  private static String sources() throws IOException {
    var text = new StringBuilder();
    for (var file :
        Stream.of(files("src/main", ".java"), files("sql", ".sql"), files("config", ".json"))
            .flatMap(paths -> paths)
            .collect(Collectors.toList())) {
      text.append(Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", "")).append('\n');
    }
    return text.toString();
  }

  /** The repository's files below folders of a name. */
  private static Stream<Path> files(String folder, String suffix) throws IOException {
    try (var paths = Files.walk(ROOT)) {
      return paths
          .filter(path -> !path.toString().contains("/target/") && !path.toString().contains("/."))
          .filter(
              path -> path.toString().contains("/" + folder) && path.toString().endsWith(suffix))
          .filter(Files::isRegularFile)
          .toList()
          .stream();
    }
  }
}
