package io.kreplica.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaSinkConnectorTest {

  private final ReplicaSinkConnector connector = new ReplicaSinkConnector();

  private static Map<String, String> properties(String... more) {
    var properties = new HashMap<String, String>();
    properties.put("name", "berlin");
    properties.put("topics", "shop");
    properties.put("connection.url", "jdbc:postgresql://127.0.0.1:1/slave");
    properties.put("connection.user", "sink");
    for (var i = 0; i < more.length; i += 2) {
      properties.put(more[i], more[i + 1]);
    }
    return properties;
  }

  private List<String> errorsOf(String key, Map<String, String> properties) {
    return connector.validate(properties).configValues().stream()
        .filter(value -> value.name().equals(key))
        .flatMap(value -> value.errorMessages().stream())
        .toList();
  }

  @Test
  void runsOneTaskHoweverManyAreAllowed() {
    connector.start(properties());

    assertThat(connector.taskConfigs(8)).singleElement().isEqualTo(properties());
  }

  @Test
  void hasTheVersionOfTheBuild() {
    assertThat(connector.version()).matches("\\d+\\.\\d+\\.\\d+.*");
  }

  @Test
  void refusesMoreThanOneTopic() {
    assertThat(errorsOf("topics", properties("topics", "a, b"))).hasSize(1);
    assertThat(errorsOf("topics.regex", properties("topics", "", "topics.regex", "a.*")))
        .hasSize(1);
  }

  @Test
  void refusesErrorToleranceWithoutTheSwitchThatSaysWhatItMeans() {
    assertThat(errorsOf("errors.tolerance", properties("errors.tolerance", "all")))
        .singleElement()
        .asString()
        .contains("accept.missing.rows=true");
    assertThat(
            errorsOf(
                "errors.tolerance",
                properties("errors.tolerance", "all", "accept.missing.rows", "true")))
        .isEmpty();
  }

  @Test
  void namesAMalformedTableMapAtItsKey() {
    assertThat(errorsOf("table.map", properties("table.map", "public.a"))).hasSize(1);
  }

  @Test
  void saysThatTheSlaveDoesNotAnswerWithoutThePassword() {
    assertThat(errorsOf("connection.url", properties("connection.password", "s3cret")))
        .singleElement()
        .asString()
        .startsWith("Cannot connect to jdbc:postgresql://127.0.0.1:1/slave as sink")
        .doesNotContain("s3cret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://h/db?password=s3cret",
        "jdbc:postgresql://h/db?sslkey=a.p12&sslPassword=s3cret",
        "postgresql://h/db?password=s3cret"
      })
  void aPasswordInTheUrlIsRefused(String url) {
    assertThat(errorsOf("connection.url", properties("connection.url", url)))
        .singleElement()
        .asString()
        .contains("Put it into connection.password instead")
        .doesNotContain("s3cret");
  }

  @Test
  void refusesAUrlOfAnotherDatabase() {
    assertThatThrownBy(
            () -> new ReplicaSinkConfig(properties("connection.url", "jdbc:mysql://host/db")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("jdbc:postgresql://host:port/database");
  }

  @Test
  void slaveIsNamedAfterTheConnectorUnlessItHasANameOfItsOwn() {
    assertThat(new ReplicaSinkConfig(properties()).slaveName()).isEqualTo("berlin");
    assertThat(new ReplicaSinkConfig(properties("slave.name", "b2")).slaveName()).isEqualTo("b2");
  }

  @Test
  void sessionsCarryTheConnectorsNameCutToWhatPostgresKeeps() {
    assertThat(new ReplicaSinkConfig(properties()).sessions().applicationName())
        .isEqualTo("kreplica-sink berlin");
    assertThat(
            new ReplicaSinkConfig(properties("name", "ü".repeat(60)))
                .sessions()
                .applicationName()
                .getBytes(StandardCharsets.UTF_8))
        .hasSizeBetween(60, 63);
  }

  @Test
  void everyPropertyIsDescribed() {
    assertThat(ReplicaSinkConfig.CONFIG_DEF.configKeys().values())
        .allSatisfy(
            key -> {
              assertThat(key.documentation).as(key.name).isNotBlank();
              assertThat(key.validator).as(key.name).isNotNull();
              assertThat(key.group).as(key.name).isNotNull();
            });
  }
}
