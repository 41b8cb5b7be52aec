package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What master and slave are asked while nobody writes, by the servers' own logs. */
class IdleIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int KEEPALIVES = 3;
  private static final String KEEPALIVE = "in (select pg_listening_channels())";

  /** The keepalive, and what it takes to look after the tables over a session of its own. */
  private static final Set<String> EXPECTED =
      Set.of(
          KEEPALIVE,
          "pg_catalog.pg_backend_pid()",
          "set_config('TimeZone'",
          "'idle_session_timeout'",
          "'client_connection_check_interval'",
          "select pg_backend_pid()",
          "replica.attend_log()",
          "pg_total_relation_size('replica.replica_log')",
          "select t.table_id, t.name");

  @ParameterizedTest
  @EnumSource(PostgresVersion.class)
  void nothingIsAskedButKeepalivesAndALookAtTheTables(PostgresVersion version) throws Exception {
    try (var server = loggingServer(version);
        var mirror = Mirror.between(MasterFixture.on(server), SlaveFixture.on(server))) {
      mirror
          .source("keepalive.interval.ms", "1000")
          .onBoth("create table t (id int primary key)")
          .track("t");
      mirror.master().execute("insert into t values (1)");
      mirror.settleUntilIdle().assertEqual();

      var begin = awaitKeepalives(mirror, server, 0, 1);
      var end = awaitKeepalives(mirror, server, begin, KEEPALIVES);

      var asked = statements(server).subList(begin, end);
      assertThat(asked).filteredOn(line -> line.startsWith("kreplica-sink")).isEmpty();
      var bySource =
          asked.stream()
              .filter(line -> line.startsWith("kreplica-source"))
              .collect(Collectors.groupingBy(IdleIT::kind, Collectors.counting()));
      assertThat(bySource).containsOnlyKeys(EXPECTED);
      // Both run by clocks of their own, so that one may come once more than the other.
      assertThat(bySource.values()).allMatch(times -> times <= KEEPALIVES + 1);
    }
  }

  /** What a statement is known by. */
  private static String kind(String statement) {
    return EXPECTED.stream().filter(statement::contains).findFirst().orElse(statement);
  }

  private static PostgresServer loggingServer(PostgresVersion version) {
    return PostgresServer.builder(version)
        .setting("log_statement", "all")
        .setting("log_line_prefix", "%a:")
        .setting("fsync", "off")
        .start();
  }

  /** Runs the tasks until some more keepalives are logged; the place behind the last. */
  private static int awaitKeepalives(Mirror mirror, PostgresServer server, int from, int count)
      throws InterruptedException {
    var deadline = Instant.now().plus(PATIENCE);
    while (true) {
      var statements = statements(server);
      var found = 0;
      for (var i = from; i < statements.size(); i++) {
        if (statements.get(i).contains(KEEPALIVE) && ++found == count) {
          return i + 1;
        }
      }
      assertThat(Instant.now()).as("keepalives in the log").isBefore(deadline);
      mirror.pump();
    }
  }

  private static List<String> statements(PostgresServer server) {
    try {
      return Files.readString(server.log())
          .lines()
          .filter(line -> line.contains("LOG:") && line.contains("execute"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
