package io.kreplica.e2e;

import static io.kreplica.e2e.Disturbed.underLoad;

import io.kreplica.stack.TcpProxy;
import java.net.URI;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two workers of one Connect cluster, between which tasks move under load. */
@Tag("e2e")
class WorkersE2E {

  // A successor goes on from an offset that is at most so old.
  private static final Map<String, String> SETTINGS = Map.of("offset.flush.interval.ms", "1000");

  private static Backend servers;
  private static TwoWorkers cluster;

  @BeforeAll
  static void startServers() {
    servers = Backend.start(SETTINGS, TwoWorkers.HEAP);
    cluster = TwoWorkers.join(servers, SETTINGS);
  }

  @AfterAll
  static void stopServers() {
    for (var started : new Backend[] {cluster, servers}) {
      if (started != null) {
        started.close();
      }
    }
  }

  @Test
  void aWorkerThatSleepsUntilItsTasksHaveMovedDoublesAndTearsNothing() throws SQLException {
    var seed = Seeds.next();
    try (var replication = new Replication(cluster, "zombie").start(Disturbed.QUICK_REJOIN)) {
      replication.awaitEqual();
      replication.awaitCopiesStored();

      underLoad(replication, seed, watcher -> cluster.sleepInTurn(replication, watcher));
    }
  }

  @Test
  void aCopyGoesOnWhereItWasWhenTheWorkerOfEitherTaskLeavesOrDiesInTheMiddle() throws SQLException {
    var seed = Seeds.next();
    try (var toMaster = TcpProxy.to(portOf(cluster.master()));
        var toSlave = TcpProxy.to(portOf(cluster.slave()));
        var replication = new Replication(cluster, "copied_on")) {
      replication.track(Shop.TABLES);
      replication.startSource(through(toMaster, replication.sourceConfig()));
      replication.startSink(through(toSlave, replication.sinkConfig()));
      replication.awaitEqual();
      replication.awaitCopiesStored();
      var copies =
          List.of(
              HalfwayCopy.ofSource(replication, 0, toMaster),
              HalfwayCopy.ofSink(replication, 1, toSlave),
              HalfwayCopy.ofSource(replication, 2, toMaster),
              HalfwayCopy.ofSink(replication, 3, toSlave));

      underLoad(
          replication,
          seed,
          watcher -> {
            for (var copy : copies) {
              var fate = copies.indexOf(copy) < 2 ? Fate.STOPPED : Fate.KILLED;
              cluster.strike(replication, copy.connector(), halfWay(copy, fate), watcher);
              copy.awaitEqual();
            }
          });
      try (var reader = new TopicReader(cluster.bootstrapServers(), replication.topic())) {
        var topic = reader.more();
        copies.forEach(copy -> copy.assertEachRowWasSentOnce(topic));
      }
    }
  }

  /** Strikes when a copy has come half way, and lets it go on. */
  private static Fate halfWay(HalfwayCopy copy, Fate fate) {
    return (worker, isMoved) -> {
      copy.begin();
      fate.strike(
          worker,
          () -> {
            copy.goOn();
            isMoved.await();
          });
    };
  }

  private static int portOf(Database server) {
    return URI.create(server.url("postgres").substring("jdbc:".length())).getPort();
  }

  private static Map<String, String> through(TcpProxy network, Map<String, String> config) {
    var settings = new HashMap<>(Disturbed.QUICK_REJOIN);
    settings.put(
        "connection.url",
        config.get("connection.url").replaceFirst(":[0-9]+/", ":" + network.port() + "/"));
    return settings;
  }
}
