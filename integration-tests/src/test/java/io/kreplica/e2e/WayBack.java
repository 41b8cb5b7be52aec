package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Steps of the ways back in docs/operations.md that lead through Connect's REST interface. */
final class WayBack {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private WayBack() {}

  static void stop(Replication replication, String connector) {
    replication.rest().stop(connector);
    replication.rest().awaitStopped(connector, PATIENCE);
  }

  static void deleteOffsets(Replication replication) {
    stop(replication, replication.source());
    replication.rest().deleteOffsets(replication.source());
  }

  /** As "After replica.restart_log()" has it. */
  static void beginAnew(Replication replication, String topic) throws SQLException {
    replication.executeOnMaster("select replica.restart_log()");
    deleteOffsets(replication);
    goOnWithTopic(replication, topic);
    replication.executeOnSlave(
        "delete from replica.replica_position where topic <> '" + topic + "'");
    assertThat(
            replication.numberOnSlave(
                "select count(*) from replica.slave_status where state <> 'complete'"))
        .isZero();
  }

  /** Lets stopped source and sink use another topic; all tables are copied by themselves. */
  static void goOnWithTopic(Replication replication, String topic) throws SQLException {
    var rest = replication.rest();
    stop(replication, replication.sink());
    rest.configure(replication.source(), with(replication.sourceConfig(), Map.of("topic", topic)));
    rest.configure(replication.sink(), with(replication.sinkConfig(), Map.of("topics", topic)));
    rest.resume(replication.source());
    rest.resume(replication.sink());
    replication.writeAndAwaitEqual();
  }

  static Map<String, String> with(Map<String, String> config, Map<String, String> more) {
    var all = new HashMap<>(config);
    all.putAll(more);
    return all;
  }
}
