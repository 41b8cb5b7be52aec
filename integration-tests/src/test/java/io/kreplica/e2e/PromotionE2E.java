package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kreplica.load.BankLoad;
import io.kreplica.load.Comparison;
import io.kreplica.load.ConnectionSource;
import io.kreplica.stack.ConnectorConfig;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A slave becomes the master, by the steps of "Promote a slave" in docs/operations.md and in their
 * order.
 */
@Tag("e2e")
class PromotionE2E {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration REST = Duration.ofSeconds(2);
  private static final String OLD_TOPIC = "replica.before";
  private static final String NEW_TOPIC = "replica.after";

  /** A source for a new master has a new name, as Connect keeps the offsets of the old one. */
  private static final List<String> CONNECTORS =
      List.of(
          "sink-old", "sink-first", "sink-second", "source-1", "source-2", "source-3", "source-4");

  private static Backend backend;

  @BeforeAll
  static void startServers() {
    backend = Backend.start(Map.of());
  }

  @AfterAll
  static void stopServers() {
    if (backend != null) {
      backend.close();
    }
  }

  @AfterEach
  void deleteConnectors() {
    for (var name : CONNECTORS) {
      if (backend.rest().status(name).isPresent()) {
        backend.rest().delete(name);
      }
    }
  }

  private static void startSource(Site master, String name, String topic, String... more) {
    var config = ConnectorConfig.source(master.server().url(master.name()), topic);
    for (var i = 0; i < more.length; i += 2) {
      config.put(more[i], more[i + 1]);
    }
    backend.rest().create(name, config);
    backend.rest().awaitRunning(name, PATIENCE);
  }

  private static void startSink(Site slave, String name, String topic) {
    var config = ConnectorConfig.sink(slave.server().url(slave.name()), topic);
    config.put("slave.name", name);
    backend.rest().create("sink-" + name, config);
    backend.rest().awaitRunning("sink-" + name, PATIENCE);
  }

  private static void awaitEqual(Site master, Site slave) throws SQLException {
    ConnectionSource there = master::connect;
    var comparison = Comparison.await(there, slave::connect, Shop.TABLES, PATIENCE);
    assertThat(comparison.areEqual()).as(() -> comparison + statuses()).isTrue();
  }

  private static String statuses() {
    return CONNECTORS.stream()
        .map(name -> "\n" + name + ": " + backend.rest().status(name))
        .collect(Collectors.joining());
  }

  /** Applications at work; a number that is handed out twice makes them fail. */
  private static BankLoad bank(Site master, long seed) {
    return BankLoad.builder(Shop.BANK, master::connect).clients(3).rate(300).seed(seed).start();
  }

  private static void insertNotes(Site master) {
    for (var i = 0; i < 20; i++) {
      master.text("insert into note (body) values ('written after') returning note_id");
    }
  }

  @Test
  void aSlaveTakesOverFromADeadMasterAndTheOthersFollowIt() throws SQLException {
    var seed = Seeds.next();
    var dead = Site.create(backend.master(), "promotion");
    var first = Site.create(backend.slave(), "promotion_first");
    var second = Site.create(backend.slave(), "promotion_second");
    try (var connection = dead.connect()) {
      Shop.BANK.fill(connection);
    }
    first.becomeSlave();
    second.becomeSlave();
    dead.becomeMaster(true);
    startSource(dead, "source-1", OLD_TOPIC);
    startSink(first, "first", OLD_TOPIC);
    startSink(second, "second", OLD_TOPIC);
    awaitEqual(dead, first);
    try (var bank = bank(dead, seed);
        var orders = OrderLoad.start(dead::connect, 3, seed)) {
      await().atMost(PATIENCE).until(() -> bank.commits() > 500);
      backend.master().kill();
      orders.stop();
      bank.stop();
    }

    // 1. Let no source read the old master any more.
    backend.rest().delete("source-1");
    // 2. Let the slaves apply what Kafka has; stop their sinks; find the one that is furthest.
    await()
        .atMost(PATIENCE)
        .during(REST)
        .until(() -> first.position(OLD_TOPIC).equals(second.position(OLD_TOPIC)));
    backend.rest().delete("sink-first");
    backend.rest().delete("sink-second");
    assertThat(first.position(OLD_TOPIC)).isEqualTo(second.position(OLD_TOPIC));
    // 3. Make it a master, before applications write to it.
    first.becomeMaster(false);
    startSource(first, "source-2", NEW_TOPIC, "snapshot.mode", "never");
    // 4. Let the applications write to it.
    try (var bank = bank(first, seed + 1);
        var orders = OrderLoad.start(first::connect, 3, seed + 1)) {
      insertNotes(first);
      // 5. Point the other slaves to it: those that stood where it stood need no copy.
      startSink(second, "second", NEW_TOPIC);
      await().atMost(PATIENCE).until(() -> bank.commits() > 500);
      // 6. The old master comes back as a slave, with everything copied.
      backend.master().restart();
      dead.run("sql/master/uninstall.sql");
      dead.becomeSlave();
      startSink(dead, "old", NEW_TOPIC);
      for (var table : Shop.TABLES) {
        first.text("select replica.copy('" + table + "', slave => 'old')");
      }
      await().atMost(PATIENCE).until(() -> bank.commits() > 1000);
      orders.stop();
      bank.stop();
    }

    awaitEqual(first, second);
    await()
        .atMost(PATIENCE)
        .until(() -> first.text("select pending_copies from replica.status").equals("0"));
    awaitEqual(first, dead);
    assertThat(
            second.text(
                "select bool_and(state = 'complete') from replica.slave_status"
                    + " where topic = '"
                    + NEW_TOPIC
                    + "'"))
        .isEqualTo("t");
    assertThat(
            second.text(
                "select count(*) from replica.slave_table t"
                    + " join replica.replica_position p using (log_id)"
                    + " where topic = '"
                    + NEW_TOPIC
                    + "' and copy_request is not null"))
        .isEqualTo("0");
  }

  @Test
  void masterAndSlaveChangePlacesWithoutLossOrCopy() throws SQLException {
    var seed = Seeds.next();
    var one = Site.create(backend.master(), "switchover");
    var other = Site.create(backend.slave(), "switchover");
    try (var connection = one.connect()) {
      Shop.BANK.fill(connection);
    }
    other.becomeSlave();
    one.becomeMaster(true);
    var topic = OLD_TOPIC + ".planned";
    startSource(one, "source-3", topic);
    startSink(other, "first", topic);
    try (var bank = bank(one, seed);
        var orders = OrderLoad.start(one::connect, 3, seed)) {
      await().atMost(PATIENCE).until(() -> bank.commits() > 500);
      // 1. Stop the applications.
      orders.stop();
      bank.stop();
    }
    // 2. Wait until everything is applied.
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                one.text("select backlog_rows from replica.status").equals("0")
                    && one.text("select pending_copies from replica.status").equals("0")
                    && one.text("select confirmed from replica.status")
                        .equals(other.position(topic)));
    awaitEqual(one, other);
    // 3. Change places.
    backend.rest().delete("source-3");
    backend.rest().delete("sink-first");
    other.becomeMaster(false);
    one.run("sql/master/uninstall.sql");
    one.becomeSlave();
    startSource(other, "source-4", NEW_TOPIC + ".planned", "snapshot.mode", "never");
    startSink(one, "old", NEW_TOPIC + ".planned");
    // 4. Start the applications.
    try (var bank = bank(other, seed + 1);
        var orders = OrderLoad.start(other::connect, 3, seed + 1)) {
      insertNotes(other);
      await().atMost(PATIENCE).until(() -> bank.commits() > 500);
      orders.stop();
      bank.stop();
    }

    awaitEqual(other, one);
    assertThat(one.text("select count(*) from replica.slave_table where copy_request is not null"))
        .isEqualTo("0");
  }
}
