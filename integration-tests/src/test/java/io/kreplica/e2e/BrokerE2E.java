package io.kreplica.e2e;

import static io.kreplica.e2e.Disturbed.awaitStates;
import static io.kreplica.e2e.Disturbed.underLoad;
import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.stack.ProxyTrap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What remains of a replication when the broker, or the way to it, fails under load. The network is
 * the worker's: both connectors suffer, and so does the worker itself. The servers are processes of
 * this machine whatever {@code kreplica.backend} says.
 */
@Tag("e2e")
class BrokerE2E {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  // Where the answer to a member that joins its group is lost, Kafka waits max.poll.interval.ms.
  private static final Duration RECOVERY = Duration.ofMinutes(6);
  private static final String SESSION_OVER =
      "session timed out without receiving a heartbeat response";

  private static EmbeddedBackend backend;

  @BeforeAll
  static void startServers() {
    // A connection that is gone is noticed after half a minute by default; here a little later than
    // that a session of 6 s is over.
    backend =
        EmbeddedBackend.withFarBroker(
            Map.of(
                "offset.flush.interval.ms", "1000",
                "request.timeout.ms", "8000",
                "producer.request.timeout.ms", "8000",
                "consumer.request.timeout.ms", "8000"));
  }

  @AfterAll
  static void stopServers() {
    if (backend != null) {
      backend.close();
    }
  }

  @Test
  void losesNothingWhenTheBrokerIsKilledStoppedAndSuspended() throws SQLException {
    var seed = Seeds.next();
    try (var replication = copied("broker_struck", Disturbed.QUICK_REJOIN)) {
      underLoad(
          replication,
          seed,
          watcher -> {
            awaitStates(watcher, 20);
            backend.broker().kill();
            backend.broker().restart();
            awaitNewRow(replication, "after a kill");
            awaitStates(watcher, 20);
            backend.broker().stop();
            backend.broker().restart();
            awaitNewRow(replication, "after a stop");
            awaitStates(watcher, 20);
            sleepBeyondSessions(replication);
            awaitNewRow(replication, "after a sleep");
            awaitStates(watcher, 20);
          });
    }
  }

  /** Suspends the broker until the worker and the sink have given up their sessions with it. */
  private static void sleepBeyondSessions(Replication replication) {
    var ofWorker = sessionsOver("kreplica");
    var ofSink = sessionsOver("connect-" + replication.sink());
    backend.broker().suspend();
    try {
      Awaitility.await().atMost(PATIENCE).until(() -> sessionsOver("kreplica") > ofWorker);
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> sessionsOver("connect-" + replication.sink()) > ofSink);
    } finally {
      backend.broker().resume();
    }
  }

  /** How often a member of a group has given up its session, by the worker's log. */
  private static long sessionsOver(String group) {
    try (var lines = Files.lines(backend.worker().log())) {
      return lines
          .filter(line -> line.contains("groupId=" + group + "]") && line.contains(SESSION_OVER))
          .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void losesNothingWhenConnectionsToTheBrokerAreCutGoneOrSlow() throws SQLException {
    var seed = Seeds.next();
    var random = new Random(seed);
    var settings = new HashMap<>(Disturbed.QUICK_REJOIN);
    // So that a row is found on its way to the broker.
    settings.put("producer.override.compression.type", "none");
    try (var replication = copied("broker_far", settings)) {
      underLoad(
          replication,
          seed,
          watcher -> {
            for (var cut = 0; cut < 3; cut++) {
              awaitStates(watcher, 1 + random.nextInt(20));
              backend.toBroker().cut();
              awaitNewRow(replication, "after cut " + cut);
            }
            for (var lost = 0; lost < 5; lost++) {
              loseAnAcknowledgement(replication, lost);
            }
            backend.toBroker().slow(Duration.ofMillis(30), 300_000);
            awaitNewRow(replication, "at a slow pace");
            awaitStates(watcher, 10);
            backend.toBroker().drop();
            backend.toBroker().pass();
            awaitNewRow(replication, "after a silent loss of all connections");
          });
      assertThat(timesOnTopic(replication, "acknowledged in vain")).isGreaterThan(5);
    }
  }

  @Test
  void losesNothingWhenOnlyOneOfTheConnectorsLosesItsConnections() throws SQLException {
    var seed = Seeds.next();
    try (var replication = copied("broker_half", Disturbed.QUICK_REJOIN)) {
      var clients =
          List.of(
              "connector-producer-" + replication.source() + "-0",
              "connector-consumer-" + replication.sink() + "-0");

      underLoad(
          replication,
          seed,
          watcher -> {
            for (var client : clients) {
              for (var cut = 0; cut < 3; cut++) {
                awaitSprung(backend.toBroker().cutNext(client));
                awaitNewRow(replication, "after cut " + cut + " of " + client);
              }
              awaitSprung(backend.toBroker().dropNext(client));
              awaitNewRow(replication, "after a silent loss of " + client);
            }
            awaitStates(watcher, 10);
          });
    }
  }

  /** A replication whose tables are copied, and that knows it whatever happens. */
  private static Replication copied(String name, Map<String, String> settings) throws SQLException {
    var replication = new Replication(backend, name).start(settings);
    replication.awaitEqual();
    replication.awaitCopiesStored();
    return replication;
  }

  private static void awaitSprung(ProxyTrap trap) {
    Awaitility.await().atMost(PATIENCE).until(trap::isSprung);
  }

  /** Cuts the source's connection when the broker has written a row, before the source knows. */
  private static void loseAnAcknowledgement(Replication replication, int number)
      throws SQLException {
    var text = "acknowledged in vain, " + number;
    var trap = backend.toBroker().beforeAnswer(text, () -> backend.toBroker().cut());
    replication.executeOnMaster("insert into note (body) values ('" + text + "')");
    awaitSprung(trap);
    awaitNewRow(replication, "after lost acknowledgement " + number);
  }

  private static long timesOnTopic(Replication replication, String text) {
    try (var reader = new TopicReader(backend.bootstrapServers(), replication.topic())) {
      return reader.more().stream()
          .filter(record -> record.value() != null)
          .filter(record -> new String(record.value(), StandardCharsets.UTF_8).contains(text))
          .count();
    }
  }

  /** Writes a row, and waits until the slave has it: both connectors are at work again. */
  private static void awaitNewRow(Replication replication, String text) throws SQLException {
    replication.executeOnMaster("insert into note (body) values ('" + text + "')");
    Awaitility.await()
        .atMost(RECOVERY)
        .until(
            () ->
                replication.numberOnSlave("select count(*) from note where body = '" + text + "'")
                    == 1);
  }
}
