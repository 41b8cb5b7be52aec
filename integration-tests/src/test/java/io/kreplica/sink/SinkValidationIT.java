package io.kreplica.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.SharedPostgres;
import io.kreplica.sink.TopicFixture.Form;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a user is told before a sink starts. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class SinkValidationIT {

  private final PostgresVersion version;
  private final PostgresServer server;
  private SlaveFixture slave;

  SinkValidationIT(PostgresVersion version) {
    this.version = version;
    this.server = SharedPostgres.of(version);
  }

  @BeforeEach
  void createSlave() throws SQLException {
    slave = SlaveFixture.on(server);
  }

  @AfterEach
  void closeSlave() throws SQLException {
    slave.close();
  }

  /** The errors, each behind its property. */
  private static List<String> errors(Map<String, String> settings) {
    var errors = new ArrayList<String>();
    for (var value : new ReplicaSinkConnector().validate(settings).configValues()) {
      value.errorMessages().forEach(message -> errors.add(value.name() + ": " + message));
    }
    return errors;
  }

  @Test
  void acceptsASlaveThatIsReady() {
    assertThat(errors(slave.settings())).isEmpty();
  }

  @Test
  void namesAHostThatDoesNotAnswer() {
    assertThat(errors(slave.settings("connection.url", "jdbc:postgresql://127.0.0.1:1/x")))
        .singleElement()
        .asString()
        .startsWith("connection.url: Cannot connect to jdbc:postgresql://127.0.0.1:1/x")
        .contains("SQLSTATE 08001");
  }

  @Test
  void namesADatabaseThatDoesNotExist() {
    assertThat(errors(slave.settings("connection.url", server.url("nowhere"))))
        .singleElement()
        .asString()
        .startsWith("connection.url: ")
        .contains("database \"nowhere\" does not exist");
  }

  @Test
  void namesAUserThatDoesNotExist() {
    assertThat(errors(slave.settings("connection.user", "nobody")))
        .singleElement()
        .asString()
        .startsWith("connection.user: ")
        .contains("nobody");
  }

  @Test
  void namesAWrongPasswordWithoutShowingIt() throws Exception {
    try (var strict = PostgresServer.builder(version).requirePasswords().start();
        var own = SlaveFixture.on(strict)) {
      assertThat(errors(own.settings("connection.password", "wr0ng-one")))
          .singleElement()
          .asString()
          .startsWith("connection.password: ")
          .contains("password authentication failed")
          .doesNotContain("wr0ng-one");
      assertThat(errors(own.settings("connection.password", "")))
          .singleElement()
          .asString()
          .startsWith("connection.password: ");
      assertThat(errors(own.settings())).isEmpty();
    }
  }

  @Test
  void namesTheScriptThatHasNotBeenRun() throws Exception {
    slave.execute("drop schema replica cascade");

    assertThat(errors(slave.settings()))
        .singleElement()
        .asString()
        .startsWith("connection.url: ")
        .contains("sql/slave/install.sql");
  }

  @Test
  void namesAScriptOfAnotherVersion() throws Exception {
    slave.execute("create or replace view replica.slave_version as select 99 as version");

    assertThat(errors(slave.settings()))
        .singleElement()
        .asString()
        .contains("of version 99")
        .contains("needs version 2");
  }

  @Test
  void namesTheGrantsThatARoleLacks() throws Exception {
    slave.execute(
        "do $$ begin if to_regrole('stranger') is null then create role stranger login; end if;"
            + " end $$");

    assertThat(errors(slave.settings("connection.user", "stranger")))
        .anySatisfy(error -> assertThat(error).contains("grant replica_sink to stranger"))
        .anySatisfy(
            error ->
                assertThat(error)
                    .startsWith("connection.user: ")
                    .contains("may not set session_replication_role")
                    .contains(
                        slave.isBefore15()
                            ? "alter role stranger set session_replication_role = replica"
                            : "grant set on parameter session_replication_role to stranger"));
  }

  @Test
  void namesTheSinkThatHoldsTheTopic() throws Exception {
    var topic = new TopicFixture(Form.SCHEMALESS);
    topic.batch("5:5:").commit();
    SinkRun.of(topic, slave.settings()).untilEnd().close();

    assertThat(errors(slave.settings("name", "other")))
        .singleElement()
        .asString()
        .startsWith("name: Sink 'test-sink'");
  }

  @Test
  void checksTheTablesThatAreMapped() throws Exception {
    slave.execute(
        "create table keyless (id integer)",
        "create table closed (id integer primary key)",
        "revoke all on closed from replica_sink");

    assertThat(
            errors(
                slave.settings(
                    "table.map",
                    "public.a:public.missing, public.b:public.keyless, public.c:public.closed")))
        .satisfiesExactly(
            error ->
                assertThat(error).startsWith("table.map: The slave has no table public.missing"),
            error -> assertThat(error).contains("public.keyless has no key"),
            error ->
                assertThat(error)
                    .contains("lacks SELECT on public.closed, INSERT on public.closed")
                    .contains("TRUNCATE on public.closed. Run on the slave: grant"));
  }

  @Test
  void refusesErrorToleranceUnlessRowsMayBeMissing() {
    assertThat(errors(slave.settings("errors.tolerance", "all")))
        .singleElement()
        .asString()
        .startsWith("errors.tolerance: ");
    assertThat(errors(slave.settings("errors.tolerance", "all", "accept.missing.rows", "true")))
        .isEmpty();
  }
}
