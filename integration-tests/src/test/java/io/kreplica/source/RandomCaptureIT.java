package io.kreplica.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.SharedPostgres;
import io.kreplica.record.EventHeaders;
import io.kreplica.record.Operation;
import io.kreplica.stack.PostgresVersion;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Several sessions change a tree of rows at random, with triggers that change more of it, foreign
 * keys that cascade, keys that change, savepoints, rollbacks and one long transaction. Replaying
 * what the source sends must give the same tables; and since every transaction keeps the sum of all
 * amounts at zero, so must every batch.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class RandomCaptureIT {

  private static final int WRITERS = 4;
  private static final int TRANSACTIONS = 400;

  private final PostgresVersion version;

  RandomCaptureIT(PostgresVersion version) {
    this.version = version;
  }

  @Test
  void replayingTheLogGivesTheMastersTablesAndNeverATornState() throws Exception {
    var seed = Long.getLong("kreplica.seed", 20_260_101L);
    System.out.println("RandomCaptureIT seed " + seed + " (choose with -Dkreplica.seed=)");
    try (var master = MasterFixture.on(SharedPostgres.of(version))) {
      createTables(master);
      var replay = new Replay();
      var isWriting = new AtomicBoolean(true);
      var writers = Executors.newFixedThreadPool(WRITERS + 1);
      try (var run = TaskRun.first(master.settings("snapshot.mode", "never"));
          var longSession = master.connect()) {
        longSession.setAutoCommit(false);
        execute(longSession, "insert into ledger values (-1, 1000, 'long'), (-2, -1000, 'long')");
        var running = new ArrayList<Callable<Void>>();
        for (var i = 0; i < WRITERS; i++) {
          var random = new Random(seed + i);
          running.add(() -> write(master, random));
        }
        var all =
            writers.submit(
                () -> {
                  for (var result : writers.invokeAll(running)) {
                    result.get();
                  }
                  longSession.commit();
                  isWriting.set(false);
                  return null;
                });
        while (isWriting.get() && !all.isDone()) {
          run.poll();
          replay.take(run.sent(), seed);
        }
        all.get();
        run.untilIdle();
        replay.take(run.sent(), seed);
      } finally {
        writers.shutdownNow();
      }

      assertThat(replay.rows("public.ledger"))
          .as("seed %d", seed)
          .isEqualTo(rows(master, "select id, amount, note from ledger"));
      assertThat(replay.rows("public.node"))
          .as("seed %d", seed)
          .isEqualTo(rows(master, "select id, parent, buddy, note from node"));
    }
  }

  private static void createTables(MasterFixture master) throws SQLException {
    master.execute(
        "create table ledger (id int primary key, amount int not null, note text)",
        """
        create table node (
            id int primary key,
            parent int references node on delete cascade on update cascade deferrable,
            buddy int references node on delete set null on update cascade deferrable,
            note text)
        """,
        """
        create function touch_buddies() returns trigger language plpgsql as $$
        begin
            if pg_trigger_depth() < 3 and new.id % 3 = 0 then
                update node set note = 'touched by ' || new.id where id between new.id - 2 and new.id + 2
                    and id <> new.id;
            end if;
            return null;
        end $$
        """,
        "create trigger \"!touch\" after insert or update of note on node"
            + " for each row execute function touch_buddies()",
        """
        create function revive() returns trigger language plpgsql as $$
        begin
            if old.id % 7 = 0 and not exists (select from node where id = old.id) then
                insert into node values (old.id, null, null, 'revived');
            end if;
            return null;
        end $$
        """,
        "create trigger zz_revive after delete on node for each row execute function revive()",
        "select replica.track('ledger')",
        "select replica.track('node')",
        "insert into ledger select i, 0, 'start' from generate_series(1, 30) i",
        "insert into node select i, nullif(i / 2, 0), nullif(i / 3, 0), 'start'"
            + " from generate_series(1, 40) i");
  }

  private static Void write(MasterFixture master, Random random) throws SQLException {
    try (var session = master.connect();
        var statement = session.createStatement()) {
      statement.execute("set lock_timeout = '2s'");
      session.setAutoCommit(false);
      for (var i = 0; i < TRANSACTIONS; i++) {
        transaction(session, statement, random);
      }
    }
    return null;
  }

  private static void transaction(Connection session, Statement statement, Random random)
      throws SQLException {
    try {
      moveAmount(statement, random);
      var savepoint = session.setSavepoint();
      for (var i = random.nextInt(3); i >= 0; i--) {
        changeNodes(statement, random);
      }
      if (random.nextInt(4) == 0) {
        session.rollback(savepoint);
      }
      if (random.nextInt(8) == 0) {
        session.rollback();
      } else {
        session.commit();
      }
    } catch (SQLException e) {
      // Deadlocks, missing parents and taken keys are part of the game.
      session.rollback();
    }
  }

  /** Keeps the sum of all amounts; the two rows change in statements of their own. */
  private static void moveAmount(Statement statement, Random random) throws SQLException {
    var amount = random.nextInt(100);
    statement.execute(
        "update ledger set amount = amount + " + amount + " where id = " + ledgerId(random));
    if (random.nextInt(10) == 0) {
      statement.execute("update ledger set id = id where id = " + ledgerId(random));
      statement.execute(
          "update ledger set id = case id when 3 then 103 when 103 then 3 else id end"
              + " where id in (3, 103)");
    }
    statement.execute(
        "update ledger set amount = amount - "
            + amount
            + " where id = (select max(id) from ledger where id in (29, 30))");
  }

  private static int ledgerId(Random random) {
    var id = 1 + random.nextInt(28);
    return id == 3 ? 4 : id;
  }

  private static void changeNodes(Statement statement, Random random) throws SQLException {
    var a = 1 + random.nextInt(45);
    var b = 1 + random.nextInt(45);
    statement.execute(
        switch (random.nextInt(8)) {
          case 0 ->
              "insert into node values ("
                  + a
                  + ", null, null, 'new') on conflict (id)"
                  + " do update set note = 'again', buddy = null";
          case 1 -> "delete from node where id = " + a;
          case 2 -> "update node set parent = " + b + " where id = " + a + " and id > " + b;
          case 3 -> "update node set buddy = " + b + " where id between " + a + " and " + (a + 3);
          case 4 -> "update node set id = id + 100 where id = " + a;
          case 5 -> "update node set id = id - 100 where id > 100";
          case 6 -> "delete from node where id in (" + a + ", " + b + ")";
          default ->
              "update node set note = 'n' || "
                  + random.nextInt(1000)
                  + " where id between "
                  + a
                  + " and "
                  + (a + 5);
        });
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Map<String, String> rows(MasterFixture master, String query) throws SQLException {
    var rows = new TreeMap<String, String>();
    for (var row : master.rows(query)) {
      rows.put(row.substring(0, row.indexOf('|')), row);
    }
    return rows;
  }

  /** Replays records into maps, as simply as can be. */
  private static final class Replay {

    private final Map<String, Map<String, String>> tables = new TreeMap<>();
    private int taken;

    void take(List<SourceRecord> sent, long seed) {
      for (; taken < sent.size(); taken++) {
        var record = sent.get(taken);
        var operation = TaskRun.operation(record);
        if (operation == Operation.COMMIT) {
          assertThat(sumOfAmounts()).as("sum at a commit marker, seed %d", seed).isZero();
        } else if (operation != Operation.BEGIN) {
          apply(operation, record);
        }
      }
    }

    private void apply(Operation operation, SourceRecord record) {
      var table =
          tables.computeIfAbsent(
              EventHeaders.readFrom(record.headers()).table().toString(), name -> new TreeMap<>());
      var key = ((Struct) record.key()).get("id").toString();
      if (operation == Operation.DELETE) {
        table.remove(key);
      } else {
        var row = (Struct) record.value();
        table.put(
            key,
            String.join(
                "|", row.schema().fields().stream().map(f -> String.valueOf(row.get(f))).toList()));
      }
    }

    private int sumOfAmounts() {
      return rows("public.ledger").values().stream()
          .mapToInt(row -> Integer.parseInt(row.split("\\|", -1)[1]))
          .sum();
    }

    Map<String, String> rows(String table) {
      return tables.getOrDefault(table, Map.of());
    }
  }
}
