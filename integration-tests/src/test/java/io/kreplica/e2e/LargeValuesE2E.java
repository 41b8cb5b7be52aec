package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Rows larger than the worker could hold and than a topic takes, through connectors whose settings
 * are the shipped ones.
 */
@Tag("e2e")
class LargeValuesE2E {

  /** Of the whole worker, Connect and both connectors; the largest value takes 96 MB as text. */
  private static final String WORKER_HEAP = "256m";

  private static final Duration PROGRESS_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final List<String> TABLES = List.of("public.album");

  private static final String ALBUM =
      """
      create table album (
          id int primary key,
          title text,
          photo bytea,
          note text,
          data jsonb
      )
      """;

  /**
   * 64 MB of bytes that cannot be compressed, 40 MB of characters of one to four bytes that
   * compress to nearly nothing, a document of 10 MB, small rows.
   */
  private static final String ROWS =
      """
      insert into album (id, title, photo)
      select 1, 'photo', decode(repeat(string_agg(md5(i::text), ''), 48), 'hex')
      from generate_series(1, 65536) i;
      insert into album (id, title, note)
      select 2, 'note', repeat(E'all the same "\\\\\\n\\u0001 é€🐎', 800000);
      insert into album (id, title, data)
      select 3, 'data', jsonb_agg(jsonb_build_object('a "quoted" key', repeat(md5(i::text), 30)))
      from generate_series(1, 5500) i;
      insert into album (id, title) select i, 'small' from generate_series(4, 2000) i;
      """;

  private static final String DIGEST =
      """
      select md5(string_agg(concat_ws('|', id, title, md5(photo), md5(note), md5(data::text)), ','
                            order by id))
      from album
      """;

  private static Backend backend;

  @BeforeAll
  static void startServers() {
    backend = Backend.start(Map.of(), WORKER_HEAP);
  }

  @AfterAll
  static void stopServers() {
    if (backend != null) {
      backend.close();
    }
  }

  @Test
  void rowsThatTheWorkerCannotHoldArriveThroughRestarts() throws SQLException {
    try (var replication = new Replication(backend, "large_values");
        var consumer = new StockConsumer(backend.bootstrapServers(), "replica.large_values")) {
      replication.executeOnMaster(ALBUM);
      replication.executeOnSlave(ALBUM);
      replication.executeOnMaster(ROWS);

      replication.track(TABLES);
      replication.startSource(Map.of());
      replication.startSink(Map.of());
      awaitEqual(replication, 1);

      replication.executeOnMaster("update album set title = title || '!'");
      restartInTheMidst(replication, consumer);
      awaitEqual(replication, 2);
      assertThat(replication.numberOnSlave("select octet_length(photo) from album where id = 1"))
          .isEqualTo(48 << 20);
      assertThat(replication.numberOnSlave("select octet_length(note) from album where id = 2"))
          .isGreaterThan(20 << 20);
      assertThat(
              replication.numberOnSlave("select octet_length(data::text) from album where id = 3"))
          .isGreaterThan(5 << 20);
      assertPlaceholders(consumer.rows());

      replication.executeOnMaster("delete from album");
      awaitEqual(replication, 3);
      assertThat(consumer.rows()).hasSize(1);
    }
  }

  /** Looks for a last row first: digests of such values cost much. */
  private static void awaitEqual(Replication replication, int round) throws SQLException {
    await(
        () -> {
          replication.awaitRunning();
          return replication.numberOnMaster("select pending_copies from replica.status") == 0;
        });
    replication.executeOnMaster("insert into album (id) values (-" + round + ")");
    await(
        () -> {
          replication.awaitRunning();
          return replication.numberOnSlave("select count(*) from album where id = -" + round) == 1;
        });
    try (var master = replication.onMaster();
        var slave = replication.onSlave()) {
      assertThat(digest(slave)).isEqualTo(digest(master));
    }
  }

  private static String digest(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(DIGEST)) {
      row.next();
      return row.getString(1);
    }
  }

  /** Restarts the source when it has sent some parts, and the sink when it has stored some. */
  private static void restartInTheMidst(Replication replication, StockConsumer consumer) {
    var before = consumer.records();
    await(() -> consumer.records() > before + 60);
    replication.rest().restart(replication.source());
    await(
        () ->
            replication.numberOnSlave(
                    "select count(*) from pg_stat_activity where xact_start is not null"
                        + " and query like 'insert into pg_temp.kreplica_value%'")
                > 0);
    replication.rest().restart(replication.sink());
  }

  private static void await(BooleanSupplier condition) {
    Awaitility.await().atMost(PROGRESS_TIMEOUT).pollInterval(POLL).until(condition::getAsBoolean);
  }

  private static void assertPlaceholders(Map<Map<?, ?>, Map<?, ?>> rows) {
    assertThat(rows).hasSize(2002);
    assertThat(rows.get(Map.of("id", 1L)).get("photo"))
        .asString()
        .matches("\\(photo: 100663298 characters, in \\d+ parts before this record\\)");
    assertThat(rows.get(Map.of("id", 2L)).get("note"))
        .asString()
        .matches("\\(note: \\d+ characters, in \\d+ parts before this record\\)");
    assertThat(rows.get(Map.of("id", 3L)).get("data"))
        .asString()
        .matches("\\(data: \\d+ characters, in \\d+ parts before this record\\)");
    assertThat(rows.get(Map.of("id", 4L)).get("title")).isEqualTo("small!");
  }
}
