package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kreplica.load.BankLoad;
import io.kreplica.load.Comparison;
import io.kreplica.stack.ConnectorConfig;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** More than one master and one slave, through a real worker: stars, chains, and two-way. */
@Tag("e2e")
class TopologiesE2E {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static Backend backend;

  private final List<String> connectors = new ArrayList<>();
  private final List<Site> sites = new ArrayList<>();

  @BeforeAll
  static void shareServers() {
    backend = SharedBackend.get();
  }

  @AfterEach
  void cleanUp() throws SQLException {
    connectors.forEach(backend.rest()::delete);
    for (var site : sites) {
      site.drop();
    }
  }

  private Site master(String name) throws SQLException {
    var site = Site.create(backend.master(), name);
    sites.add(site);
    return site;
  }

  private Site slave(String name) throws SQLException {
    var site = Site.create(backend.slave(), name);
    sites.add(site);
    site.becomeSlave();
    return site;
  }

  private void startSource(Site master, String topic, String... more) {
    var config = ConnectorConfig.source(master.server().url(master.name()), topic);
    start(topic + ".source", config, more);
  }

  private void startSink(Site slave, String topic, String... more) {
    var config = ConnectorConfig.sink(slave.server().url(slave.name()), topic);
    start(topic + "." + slave.name(), config, more);
  }

  private void start(String name, Map<String, String> config, String... more) {
    for (var i = 0; i < more.length; i += 2) {
      config.put(more[i], more[i + 1]);
    }
    connectors.add(name);
    backend.rest().create(name, config);
    backend.rest().awaitRunning(name, PATIENCE);
  }

  private static void awaitEqual(Site one, Site other) throws SQLException {
    var comparison = Comparison.await(one::connect, other::connect, Shop.TABLES, PATIENCE);
    assertThat(comparison.areEqual()).as(comparison::toString).isTrue();
  }

  private static void awaitText(Site site, String sql, String expected) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(site.text(sql)).as(sql).isEqualTo(expected));
  }

  private static void work(Site master, long seed) {
    BankLoad.builder(Shop.BANK, master::connect)
        .clients(2)
        .seed(seed)
        .transactions(500)
        .start()
        .await();
  }

  @Test
  void ofThreeSlavesOneMayBeStoppedForAWhile() throws SQLException {
    var seed = Seeds.next();
    var master = master("star");
    try (var connection = master.connect()) {
      Shop.BANK.fill(connection);
    }
    var slaves = List.of(slave("star_one"), slave("star_two"), slave("star_three"));
    master.becomeMaster(true);
    startSource(master, "replica.star");
    for (var slave : slaves) {
      startSink(slave, "replica.star", "slave.name", slave.name());
      awaitEqual(master, slave);
    }
    backend.rest().stop("replica.star.star_two");
    backend.rest().awaitStopped("replica.star.star_two", PATIENCE);
    var before = slaves.get(1).position("replica.star");

    work(master, seed);

    awaitEqual(master, slaves.get(0));
    awaitEqual(master, slaves.get(2));
    assertThat(slaves.get(1).position("replica.star")).isEqualTo(before);
    backend.rest().resume("replica.star.star_two");
    awaitEqual(master, slaves.get(1));
  }

  @Test
  void aSlaveHandsOnWhatItAppliesToASlaveOfItsOwn() throws SQLException {
    var seed = Seeds.next();
    var first = master("chain_first");
    try (var connection = first.connect()) {
      Shop.BANK.fill(connection);
    }
    var middle = slave("chain_middle");
    var last = slave("chain_last");
    middle.execute("create schema if not exists unrelated");
    first.becomeMaster(true);
    middle.becomeMaster(false);
    for (var table : Shop.TABLES) {
      middle.text("select replica.track('" + table + "', copy => false, cascading => true)");
    }
    startSource(first, "replica.chain");
    startSource(middle, "replica.chain_on", "snapshot.mode", "never");
    startSink(last, "replica.chain_on");
    startSink(middle, "replica.chain");
    awaitEqual(first, middle);

    work(first, seed);
    try (var orders = OrderLoad.start(first::connect, 2, seed)) {
      awaitText(last, "select count(*) > 0 from public.shop_order", "t");
      orders.stop();
    }

    awaitEqual(first, middle);
    awaitEqual(first, last);
  }

  @Test
  void twoMastersOfEachOtherHaveNoEchoAndNameConflicts() throws SQLException {
    var here = master("two_way_here");
    var there = slave("two_way_there");
    here.becomeSlave();
    for (var site : List.of(here, there)) {
      site.becomeMaster(false);
      site.text("select replica.track('public.note', copy => false, old_image => true)");
    }
    startSource(here, "replica.to_there", "snapshot.mode", "never");
    startSource(there, "replica.to_here", "snapshot.mode", "never");
    startSink(there, "replica.to_there", "conflict.mode", "warn");
    startSink(here, "replica.to_here", "conflict.mode", "warn");
    var insert = "insert into note (note_id, body) overriding system value values ";
    here.execute(insert + "(1, 'from here')");
    there.execute(insert + "(2, 'from there')");
    awaitText(
        here, "select string_agg(body, ', ' order by note_id) from note", "from here, from there");
    awaitText(
        there, "select string_agg(body, ', ' order by note_id) from note", "from here, from there");

    for (var sink : List.of("replica.to_there.two_way_there", "replica.to_here.two_way_here")) {
      backend.rest().stop(sink);
      backend.rest().awaitStopped(sink, PATIENCE);
    }
    here.execute("update note set body = 'mine' where note_id = 1");
    there.execute("update note set body = 'yours' where note_id = 1");
    backend.rest().resume("replica.to_there.two_way_there");
    backend.rest().resume("replica.to_here.two_way_here");

    for (var site : List.of(here, there)) {
      awaitText(
          site,
          "select conflicts || ' ' || last_conflict from replica.slave_table"
              + " where source_table = 'public.note'",
          "1 changed: note_id=1");
      assertThat(site.text("select count(*) from replica.replica_log")).isIn("0", "1", "2");
    }
    awaitText(here, "select body from note where note_id = 1", "yours");
    awaitText(there, "select body from note where note_id = 1", "mine");
  }
}
