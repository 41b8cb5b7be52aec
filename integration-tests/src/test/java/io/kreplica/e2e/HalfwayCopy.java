package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.stack.TcpProxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;

/**
 * The copy of a table of three chunks, which halts when the source asks for the last of them, or
 * when the sink writes it: then the database falls silent, until the copy may go on.
 */
final class HalfwayCopy {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int CHUNK_ROWS = 10_000;
  private static final int ROWS = 3 * CHUNK_ROWS;

  private final Replication replication;
  private final String table;
  private final long firstKey;
  private final String lastKeyOfTwoChunks;
  private final String halfWay;
  private final TcpProxy network;
  private final boolean isSourceHalted;

  private HalfwayCopy(
      Replication replication, int number, TcpProxy network, boolean isSourceHalted) {
    this.replication = replication;
    this.table = "public.ware_" + number;
    // Texts that nothing else sends.
    this.firstKey = 7_000_000_000_001L + number * 1_000_000L;
    this.lastKeyOfTwoChunks = Long.toString(firstKey + 2 * CHUNK_ROWS - 1);
    this.halfWay = "here copy " + number + " halts";
    this.network = network;
    this.isSourceHalted = isSourceHalted;
  }

  /**
   * A copy that the source cannot finish.
   *
   * @param number tells the tables apart
   * @param toMaster the source's way to the master
   */
  static HalfwayCopy ofSource(Replication replication, int number, TcpProxy toMaster) {
    return new HalfwayCopy(replication, number, toMaster, true);
  }

  /**
   * A copy that the sink cannot finish.
   *
   * @param number tells the tables apart
   * @param toSlave the sink's way to the slave
   */
  static HalfwayCopy ofSink(Replication replication, int number, TcpProxy toSlave) {
    return new HalfwayCopy(replication, number, toSlave, false);
  }

  /** The connector that is halted. */
  String connector() {
    return isSourceHalted ? replication.source() : replication.sink();
  }

  /** Creates the table, has it copied, and waits for the halt. */
  void begin() throws SQLException {
    createTable();
    var trap = network.beforeRequest(isSourceHalted ? lastKeyOfTwoChunks : halfWay, network::hold);
    replication.track(List.of(table));
    Awaitility.await().atMost(PATIENCE).until(trap::isSprung);
    if (isSourceHalted) {
      Awaitility.await().atMost(PATIENCE).until(() -> offset().contains(lastKeyOfTwoChunks));
    }
  }

  private void createTable() throws SQLException {
    var create = "create table " + table + " (ware_id bigint primary key, body text not null)";
    replication.executeOnMaster(create);
    replication.executeOnSlave(create);
    replication.executeOnMaster(
        "insert into %s select id, case id when %d then '%s' else 'ware ' || id end"
                .formatted(table, firstKey + 2 * CHUNK_ROWS + CHUNK_ROWS / 2, halfWay)
            + " from generate_series(%d, %d) id".formatted(firstKey, firstKey + ROWS - 1));
  }

  private String offset() {
    return replication.rest().offsets(replication.source()).toString();
  }

  /** Changes rows that are copied and others that are not, and lets the copy go on. */
  void goOn() throws SQLException {
    assertThat(replication.numberOnSlave("select count(*) from " + table)).isLessThan(ROWS);
    replication.executeOnMaster(
        "update " + table + " set body = body || ', changed' where ware_id % 100 = 1");
    network.pass();
  }

  /** Waits until the copy has come to its end, and the changes have arrived. */
  void awaitEqual() throws SQLException {
    replication.awaitEqual(List.of(table));
  }

  /** Fails if a row was sent twice: whoever took the copy over went on where it was. */
  void assertEachRowWasSentOnce(List<ConsumerRecord<byte[], byte[]>> topic) {
    assertThat(topic)
        .filteredOn(record -> TopicReader.header(record, "replica.op").equals("R"))
        .filteredOn(record -> TopicReader.header(record, "replica.table").equals(table))
        .hasSize(ROWS);
  }
}
