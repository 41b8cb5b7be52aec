package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.sink.ReplicaSinkConnector;
import io.kreplica.source.ReplicaSourceConnector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;

/** docs/configuration.md is written by this class from the connectors' own definitions. */
class ConfigurationReferenceTest {

  private static final Path ROOT = Path.of(System.getProperty("kreplica.root", ".."));
  private static final Path PAGE = ROOT.resolve("docs/configuration.md");

  @Test
  void theCommittedPageIsTheGeneratedOne() throws IOException {
    var generated = page();
    if (Boolean.getBoolean("kreplica.write.docs")) {
      Files.writeString(PAGE, generated);
    }

    assertThat(Files.readString(PAGE))
        .as(
            "docs/configuration.md; write it anew with: mvn test -pl integration-tests -am"
                + " -Dkreplica.write.docs=true")
        .isEqualTo(generated);
  }

  private static String page() {
    return """
        # Configuration

        Written from the connectors' own definitions; a test fails when it differs. Connect's own settings (name,
        converters, transforms, `producer.override.*`, `consumer.override.*`) apply as always; `config/source.json` and
        `config/sink.json` are complete examples.

        ## Source: `io.kreplica.source.ReplicaSourceConnector`

        """
        + table(new ReplicaSourceConnector().config())
        + """

        ## Sink: `io.kreplica.sink.ReplicaSinkConnector`

        Connect's `topics` names the one topic that the source writes to.

        """
        + table(new ReplicaSinkConnector().config());
  }

  private static String table(ConfigDef definition) {
    var text = new StringBuilder();
    for (var group : definition.groups()) {
      text.append("### ").append(group).append("\n\n");
      definition.configKeys().values().stream()
          .filter(key -> group.equals(key.group))
          .sorted((a, b) -> Integer.compare(a.orderInGroup, b.orderInGroup))
          .forEach(key -> text.append(entry(key)));
    }
    return text.toString().strip() + "\n";
  }

  private static String entry(ConfigDef.ConfigKey key) {
    return "- **`"
        + key.name
        + "`** ("
        + key.type.name().toLowerCase(Locale.ROOT)
        + (key.hasDefault() ? ", default " + shown(key.defaultValue) : ", required")
        + (key.validator == null ? "" : ", " + key.validator.toString().strip())
        + "): "
        + key.documentation
        + "\n\n";
  }

  private static String shown(Object value) {
    if (value == null || value.equals("") || value.equals(List.of())) {
      return "empty";
    }
    return value instanceof Password ? "empty" : value.toString();
  }
}
