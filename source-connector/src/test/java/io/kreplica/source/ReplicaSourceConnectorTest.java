package io.kreplica.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaSourceConnectorTest {

  private final ReplicaSourceConnector connector = new ReplicaSourceConnector();

  @ParameterizedTest
  @CsvSource({
    "connection.url, postgresql://h/db, jdbc:postgresql:",
    "snapshot.mode, sometimes, initial",
    "snapshot.chunk.rows, 0, 1",
    "poll.rows, many, poll.rows",
    "tables, account, schema.table",
    "errors.tolerance, all, accept.missing.rows=true",
    "producer.override.max.in.flight.requests.per.connection, 5, order",
    "producer.override.acks, 1, lose"
  })
  void aBadSettingIsRefusedWithTheRemedy(String setting, String value, String remedy) {
    assertThat(errors(Map.of(setting, value)))
        .anySatisfy(message -> assertThat(message).contains(remedy));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://h/db?password=hunter2",
        "jdbc:postgresql://h/db?sslkey=a.p12&sslPassword=hunter2",
        "postgresql://h/db?password=hunter2"
      })
  void aPasswordInTheUrlIsRefused(String url) {
    assertThat(errors(Map.of("connection.url", url)))
        .singleElement()
        .asString()
        .contains("Put it into connection.password instead")
        .doesNotContain("hunter2");
  }

  @Test
  void missingSettingsAreNamed() {
    var values = connector.validate(Map.of()).configValues();

    assertThat(values.stream().filter(v -> !v.errorMessages().isEmpty()).map(v -> v.name()))
        .containsExactlyInAnyOrder("connection.url", "connection.user", "topic");
  }

  @Test
  void aMasterThatCannotBeReachedIsNamedWithTheRemedy() {
    assertThat(errors(Map.of("connection.url", "jdbc:postgresql://127.0.0.1:1/nowhere")))
        .singleElement()
        .asString()
        .contains("127.0.0.1:1/nowhere")
        .contains("Check connection.url");
  }

  @Test
  void refusesToCreateATopicThatWouldLoseRecordsOrTheirOrder() {
    assertThat(
            errors(
                Map.of(
                    "topic.creation.default.cleanup.policy", "compact,delete",
                    "topic.creation.default.partitions", "12")))
        .hasSize(2)
        .anyMatch(error -> error.contains("cleanup.policy=compact,delete"))
        .anyMatch(error -> error.contains("partitions=12"));
    assertThat(
            errors(
                Map.of(
                    "topic.creation.default.cleanup.policy", "delete",
                    "topic.creation.default.partitions", "1")))
        .noneMatch(error -> error.contains("topic.creation"));
  }

  @Test
  void thePasswordIsInNoMessage() {
    assertThat(errors(Map.of("connection.password", "hunter2")))
        .asString()
        .doesNotContain("hunter2");
  }

  @Test
  void severalTasksAreAcceptedAndOneIsUsed() {
    connector.start(Map.of("name", "s"));

    assertThat(connector.taskConfigs(4)).containsExactly(Map.of("name", "s"));
  }

  @Test
  void exactlyOnceIsSupportedWithBoundariesOfOurOwn() {
    assertThat(connector.exactlyOnceSupport(Map.of())).isEqualTo(ExactlyOnceSupport.SUPPORTED);
    assertThat(connector.canDefineTransactionBoundaries(Map.of()))
        .isEqualTo(ConnectorTransactionBoundaries.SUPPORTED);
  }

  @Test
  void theVersionIsTheBuilds() {
    assertThat(connector.version()).matches("\\d+\\.\\d+\\.\\d+.*");
  }

  private List<String> errors(Map<String, String> more) {
    var settings = new HashMap<String, String>();
    settings.put("name", "s");
    settings.put("connection.url", "jdbc:postgresql://127.0.0.1:1/db");
    settings.put("connection.user", "u");
    settings.put("topic", "t");
    settings.putAll(more);
    return connector.validate(settings).configValues().stream()
        .flatMap(value -> value.errorMessages().stream())
        .toList();
  }
}
