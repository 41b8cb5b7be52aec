package io.kreplica.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.SharedPostgres;
import io.kreplica.sink.TopicFixture.Batch;
import io.kreplica.sink.TopicFixture.Form;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random changes of a master with a unique column, in random batches, sent by sources that die in
 * the middle, applied by tasks that are restarted, with sessions that are cut: whatever a reader of
 * the slave sees is what the master had at the position that the slave claims.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class RandomBatchesIT {

  private static final MasterTable ITEM =
      MasterTable.of("public.item", "id", "id", "integer", "name", "text");

  private final PostgresServer server;
  private final TreeMap<Integer, String> master = new TreeMap<>();
  private final Map<String, String> states = new HashMap<>(Map.of("", ""));
  private SlaveFixture slave;
  private Random random;
  private TopicFixture topic;
  private long xid = 2;
  private int names;

  RandomBatchesIT(PostgresVersion version) {
    this.server = SharedPostgres.of(version);
  }

  @BeforeEach
  void createTable() throws SQLException {
    slave = SlaveFixture.on(server);
    slave.execute(
        "create table item (id integer primary key, name text unique)",
        "set lock_timeout = '20ms'");
  }

  @AfterEach
  void closeSlave() throws SQLException {
    slave.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyVisibleStateIsOneThatTheMasterHad(long seed) throws Exception {
    random = new Random(seed);
    topic = new TopicFixture(random.nextBoolean() ? Form.SCHEMALESS : Form.WITH_SCHEMAS);

    for (var round = 0; round < 12; round++) {
      for (var n = random.nextInt(4); n >= 0; n--) {
        writeABatch();
      }
      runATask(seed);
    }
    var settings = slave.settings();
    SinkRun.of(topic, settings).untilEnd().close();

    assertThat(slaveState().getValue()).as("seed %s", seed).isEqualTo(masterState());
  }

  /** A task with a buffer of random size, which may lose its session and may be ended early. */
  private void runATask(long seed) throws SQLException {
    var settings = slave.settings("buffer.max.rows", String.valueOf(1 + random.nextInt(30)));
    try (var run = SinkRun.slowly(topic, settings, 1 + random.nextInt(25))) {
      for (var turns = random.nextInt(60); turns > 0; turns--) {
        run.step();
        checkVisibleState(seed);
        if (random.nextInt(15) == 0) {
          slave.endSinkSessions();
        }
      }
    }
  }

  private void checkVisibleState(long seed) throws SQLException {
    try {
      var seen = slaveState();
      assertThat(seen.getValue())
          .as("seed %s, at %s", seed, seen.getKey())
          .isEqualTo(states.get(seen.getKey()));
    } catch (SQLException e) {
      // A truncate in an open transaction keeps every reader out.
      assertThat(e.getSQLState()).isEqualTo("55P03");
    }
  }

  /** A batch of a few transactions, whose source may die and be succeeded while it is sent. */
  private void writeABatch() {
    var changes = new ArrayList<Consumer<Batch>>();
    for (var n = random.nextInt(3); n >= 0; n--) {
      xid++;
      changes.addAll(transaction());
    }
    var to = (xid + 1) + ":" + (xid + 1) + ":";
    states.put(to, masterState());
    var batch = topic.batch(to);
    var sent = 0;
    while (random.nextInt(3) == 0) {
      var dies = sent + random.nextInt(changes.size() - sent + 1);
      write(batch, changes.subList(sent, dies));
      topic.restartSource();
      if (random.nextBoolean()) {
        // The successor may not know of all that was sent.
        sent += random.nextInt(dies - sent + 1);
        batch = batch.resume(sent);
      } else {
        sent = 0;
        batch = topic.batch(to);
      }
    }
    write(batch, changes.subList(sent, changes.size()));
    batch.commit();
  }

  private static void write(Batch batch, List<Consumer<Batch>> changes) {
    changes.forEach(change -> change.accept(batch));
  }

  private List<Consumer<Batch>> transaction() {
    var id = xid;
    return switch (random.nextInt(10)) {
      case 0 -> {
        master.clear();
        yield List.of(batch -> batch.truncate(id, ITEM));
      }
      case 1, 2 -> rotateNames(id);
      case 3, 4 -> deleteSome(id);
      default -> writeSome(id);
    };
  }

  private List<Consumer<Batch>> writeSome(long id) {
    var changes = new ArrayList<Consumer<Batch>>();
    for (var n = 1 + random.nextInt(15); n > 0; n--) {
      var key = random.nextInt(40);
      var name = random.nextInt(5) == 0 ? null : "name " + names++;
      var known = master.containsKey(key);
      master.put(key, name);
      changes.add(
          batch -> {
            if (known) {
              batch.update(ITEM, id, key, name);
            } else {
              batch.insert(ITEM, id, key, name);
            }
          });
    }
    return changes;
  }

  private List<Consumer<Batch>> deleteSome(long id) {
    var changes = new ArrayList<Consumer<Batch>>();
    for (var key : List.copyOf(master.keySet())) {
      if (random.nextInt(3) == 0) {
        master.remove(key);
        changes.add(batch -> batch.delete(ITEM, id, key));
      }
    }
    return changes;
  }

  /** Every name moves to another row; the first by way of a null. */
  private List<Consumer<Batch>> rotateNames(long id) {
    var keys = new ArrayList<>(master.keySet());
    Collections.shuffle(keys, random);
    var changes = new ArrayList<Consumer<Batch>>();
    if (keys.size() > 1) {
      var first = master.get(keys.get(0));
      changes.add(batch -> batch.update(ITEM, id, keys.get(0), null));
      for (var i = 1; i < keys.size(); i++) {
        give(changes, id, keys.get(i - 1), master.get(keys.get(i)));
        give(changes, id, keys.get(i), null);
      }
      give(changes, id, keys.get(keys.size() - 1), first);
    }
    return changes;
  }

  private void give(List<Consumer<Batch>> changes, long id, int key, String name) {
    master.put(key, name);
    changes.add(batch -> batch.update(ITEM, id, key, name));
  }

  private String masterState() {
    return master.entrySet().stream()
        .map(row -> row.getKey() + "=" + row.getValue())
        .collect(Collectors.joining(", "));
  }

  /** Position and rows in one statement, and so of one instant. */
  private Map.Entry<String, String> slaveState() throws SQLException {
    var row =
        slave
            .rows(
                "select coalesce((select snapshot::text from replica.replica_position), ''),"
                    + " coalesce((select string_agg(id || '=' || coalesce(name, 'null'), ', '"
                    + " order by id) from item), '')")
            .get(0);
    var bar = row.indexOf('|');
    return Map.entry(row.substring(0, bar), row.substring(bar + 1));
  }
}
