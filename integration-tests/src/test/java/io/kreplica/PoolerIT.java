package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kreplica.sink.ReplicaSinkConnector;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.source.ReplicaSourceConnector;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * PgBouncer between connectors and databases: one that gives sessions will do, any other is refused
 * before it is used. Skipped where PgBouncer is not installed.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class PoolerIT {

  private static final String REFUSAL = "gives each transaction another backend";

  private final PostgresServer server;

  PoolerIT(PostgresVersion version) {
    this.server = SharedPostgres.of(version);
  }

  @BeforeAll
  static void lookForPgBouncer() {
    var isInstalled = PgBouncer.program().isPresent();
    if (!isInstalled) {
      System.out.println("PoolerIT IS SKIPPED: there is no PgBouncer on this machine");
    }
    assumeTrue(isInstalled, "PgBouncer is not installed");
  }

  @Test
  void aSessionPoolerServesBothConnectors() throws Exception {
    try (var pooler = PgBouncer.start("session", server.port());
        var mirror = Mirror.between(MasterFixture.on(server), SlaveFixture.on(server))) {
      mirror
          .source("connection.url", pooler.url(mirror.master().database()))
          .sink("connection.url", pooler.url(mirror.slave().database()))
          .onBoth("create table t (id int primary key, a interval, b float8, c timestamptz)")
          .track("t");
      assertThat(errors(mirror.master().settings(), pooler, mirror.master().database())).isEmpty();
      assertThat(errors(mirror.slave().settings(), pooler, mirror.slave().database())).isEmpty();
      var insert = "insert into t select i, '1 year -3 days 04:05', pi() * i, now()";
      mirror.master().execute(insert + " from generate_series(1, 100) i");
      mirror.settle();
      mirror.master().execute("update t set a = -a, c = c - interval '100 years'");
      mirror.settle().assertEqual();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"transaction", "statement"})
  void anyOtherPoolerIsRefusedByValidation(String poolMode) throws Exception {
    try (var pooler = PgBouncer.start(poolMode, server.port());
        var master = MasterFixture.on(server);
        var slave = SlaveFixture.on(server)) {
      assertThat(errors(master.settings(), pooler, master.database())).contains(REFUSAL);
      assertThat(errors(slave.settings(), pooler, slave.database())).contains(REFUSAL);
    }
  }

  @Test
  void tasksStopAtATransactionPoolerAndLeaveNothingBehindInIt() throws Exception {
    try (var pooler = PgBouncer.start("transaction", server.port());
        var mirror = Mirror.between(MasterFixture.on(server), SlaveFixture.on(server))) {
      mirror.onBoth("create table t (id int primary key)").track("t");
      mirror.source("connection.url", pooler.url(mirror.master().database()));
      assertThatThrownBy(mirror::settle)
          .isInstanceOf(ConnectException.class)
          .hasMessageStartingWith("Cannot connect to jdbc:postgresql://")
          .hasMessageContaining(REFUSAL)
          .hasMessageEndingWith("a pooler in session mode. Then restart the task.");

      mirror
          .restartSource()
          .source("connection.url", server.url(mirror.master().database()))
          .sink("connection.url", pooler.url(mirror.slave().database()));
      mirror.restartSink(0);
      assertThatThrownBy(mirror::settle)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining(REFUSAL);

      mirror
          .restartSink(0)
          .sink("connection.url", server.url(mirror.slave().database()))
          .settle()
          .assertEqual();
      for (var database : new String[] {mirror.master().database(), mirror.slave().database()}) {
        assertNothingIsSet(pooler.url(database));
      }
    }
  }

  @Test
  void aTransactionPoolerThatOthersUseTooIsRefused() throws Exception {
    try (var pooler = PgBouncer.start("transaction", server.port());
        var master = MasterFixture.on(server);
        var first = client(pooler.url(master.database()));
        var second = client(pooler.url(master.database()))) {
      first.setAutoCommit(false);
      MasterFixture.rows(first, "select 1");
      MasterFixture.rows(second, "select 1");

      assertThat(errors(master.settings(), pooler, master.database())).contains(REFUSAL);
      first.rollback();
    }
  }

  private static void assertNothingIsSet(String url) throws Exception {
    try (var client = client(url)) {
      assertThat(
              MasterFixture.rows(
                  client,
                  "select current_setting('search_path'),"
                      + " current_setting('lock_timeout'),"
                      + " current_setting('session_replication_role') = 'replica'"
                      + " and current_setting('server_version_num')::int >= 150000"))
          .containsExactly("\"$user\", public|0|f");
    }
  }

  private static Connection client(String url) throws Exception {
    return DriverManager.getConnection(url, "source_login", "secret");
  }

  /** What validation says of the setting connection.url. */
  private static String errors(Map<String, String> settings, PgBouncer pooler, String database) {
    settings.put("connection.url", pooler.url(database));
    return messages(
        settings.containsKey("topics")
            ? new ReplicaSinkConnector().validate(settings)
            : new ReplicaSourceConnector().validate(settings));
  }

  private static String messages(Config config) {
    return String.join(
        "; ",
        config.configValues().stream()
            .filter(value -> value.name().equals("connection.url"))
            .flatMap(value -> value.errorMessages().stream())
            .toList());
  }
}
