package io.kreplica.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kreplica.Mirror;
import io.kreplica.record.Operation;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A partitioned table is tracked by its root, whatever is done to whichever of its partitions. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class PartitionedTableIT {

  private final PostgresVersion version;
  private Mirror mirror;

  PartitionedTableIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createTables() throws Exception {
    mirror = Mirror.on(version);
    mirror
        .master()
        .execute(
            "create table event (id int, day int, note text, primary key (id, day))"
                + " partition by range (day)",
            "create table event_1 partition of event for values from (0) to (10)",
            // Another order of columns, a dropped one among them.
            "create table event_2 (note text, junk int, day int not null, id int not null)",
            "alter table event_2 drop column junk",
            "alter table event attach partition event_2 for values from (10) to (20)",
            "create table event_3 partition of event for values from (20) to (40)"
                + " partition by list (day)",
            "create table event_3a partition of event_3 for values in (20, 21, 22)",
            "create table event_3b partition of event_3 default",
            "insert into event select i, i, 'first' from generate_series(1, 39) i");
    mirror.onSlaves(
        "create table event (id int, day int, note text, primary key (id, day))"
            + " partition by hash (day)",
        "create table event_0 partition of event for values with (modulus 2, remainder 0)",
        "create table event_1 partition of event for values with (modulus 2, remainder 1)");
    mirror.track("event").settle();
    mirror.assertEqual("event");
  }

  @AfterEach
  void close() throws SQLException {
    mirror.close();
  }

  private void run(String... statements) throws Exception {
    mirror.master().execute(statements);
    mirror.settle();
    mirror.assertEqual("event");
  }

  private void attend() throws SQLException {
    mirror.master().execute("select replica.attend(table_id) from replica.tracked_table");
    assertThat(mirror.master().value("select tables_to_renew from replica.status")).isEqualTo("0");
  }

  private long copies() throws SQLException {
    return Long.parseLong(
        mirror.master().value("select count(*) from replica.copy_request where reason = 'copy'"));
  }

  @Test
  void changesOfTheRootArrive() throws Exception {
    run("update event set note = 'second' where id % 2 = 0");
    run("delete from event where id % 3 = 0");
    run(
        "insert into event values (3, 3, 'again'), (4, 4, 'x') on conflict (id, day) do update set note = 'y'");
    run("copy event from program 'printf ''100\\t5\\tcopied\\n101\\t25\\tcopied\\n'''");
  }

  @Test
  void changesOfAPartitionArriveAsTheRoots() throws Exception {
    run("update event_1 set note = 'second'", "update event_2 set note = 'third' where id = 11");
    run("delete from event_3 where id > 30", "delete from event_3a");
    run("insert into event_2 (id, day, note) values (200, 12, 'direct')");
    run("insert into event_3b values (201, 39, 'direct')");

    assertThat(mirror.sent())
        .allSatisfy(
            record ->
                assertThat(record.headers().lastWithName("replica.table"))
                    .satisfiesAnyOf(
                        header -> assertThat(header).isNull(),
                        header -> assertThat(header.value()).isEqualTo("public.event")));
  }

  @Test
  void rowsThatMoveBetweenPartitionsArriveWhereTheyAre() throws Exception {
    run("update event set day = day + 10 where day < 25");
    run("update event set day = day - 1");
    run("update event set id = id + 100, day = 39 - day");
    run("update event set id = id - 100 where day between 5 and 30");
  }

  @Test
  void keysThatRowsHandOnToEachOtherAcrossPartitionsEndWithTheLastRow() throws Exception {
    // A chain: each row takes the key that the one before has left.
    run(
        "delete from event",
        "insert into event select 1, d, 'day ' || d from generate_series(8, 12) d",
        "do $$ begin for d in reverse 12..8 loop"
            + " update event set day = day + 1 where day = d; end loop; end $$");
    // A swap by a third place, in one transaction.
    run(
        "begin",
        "update event set day = 38, note = 'swapped' where day = 10",
        "update event set day = 10 where day = 11",
        "update event set day = 11 where day = 38",
        "commit");
    run(
        "with gone as (delete from event returning id, day, note)"
            + " insert into event select id, case day when 10 then 21 when 21 then 10 else day end,"
            + " note from gone");
  }

  @Test
  void triggersThatMoveOtherRowsMeanwhileLeaveTheLastState() throws Exception {
    run(
        """
        create function chase() returns trigger language plpgsql as $$
        begin
          update event set day = (day + 13) % 40, note = 'chased by ' || new.id
          where id = new.id + 1 and note <> 'x' and pg_trigger_depth() < 3;
          return null;
        end $$
        """,
        "create trigger a_chase after update on event for each row execute function chase()");
    run("update event set note = note || '.' where id < 20");
    run("update event set day = (day + 7) % 40 where id between 5 and 12");
    run("create trigger zz_chase after insert on event for each row execute function chase()");
    run("update event set day = (day + 11) % 40 where id % 4 = 0");
  }

  @Test
  void aNewPartitionIsCapturedAtOnceAndItsTruncateFromTheNextLookOn() throws Exception {
    run(
        "create table event_4 partition of event for values from (40) to (50)",
        "insert into event_4 values (1, 41, 'at once'), (2, 42, 'at once')");
    attend();
    run("insert into event values (3, 43, 'later')");
    run("truncate event_4");

    assertThat(copies()).isZero();
    assertThat(TaskRun.data(mirror.sent())).as("no row twice").hasSize(39 + 3 + 3);
  }

  @Test
  void thePartitionsThatComeWhileTheSourceRunsAreFoundByIt() throws Exception {
    mirror.source("keepalive.interval.ms", "1000").restartSource().settle();
    mirror
        .master()
        .execute(
            "create table event_4 (id int not null, day int not null, note text)",
            "insert into event_4 select i, 45, 'brought' from generate_series(1, 500) i",
            "alter table event attach partition event_4 for values from (40) to (50)");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              mirror.pump();
              return mirror
                  .master()
                  .value("select tables_to_renew from replica.status")
                  .equals("0");
            });
    run("truncate event_4");

    assertThat(copies()).isZero();
  }

  @Test
  void thePartitionsRowsComeAlongWhenItIsAttached() throws Exception {
    mirror
        .master()
        .execute(
            "create table event_4 (note text, id int not null, day int not null)",
            "insert into event_4 select 'brought', i, 45 from generate_series(1, 5) i",
            "alter table event attach partition event_4 for values from (40) to (50)",
            "update event_4 set note = 'changed since' where id = 3",
            "delete from event where day = 45 and id = 4",
            // All in one transaction, the rows in a part of it that could have been rolled back.
            "begin",
            "create table event_5 (id int not null, day int not null, note text)",
            "savepoint s",
            "insert into event_5 select i, 55, 'brought' from generate_series(1, 5) i",
            "release s",
            "alter table event attach partition event_5 for values from (50) to (60)",
            "commit",
            "begin",
            "create table event_6 (id int not null, day int not null, note text) partition by list (day)",
            "create table event_6a partition of event_6 default",
            "insert into event_6 select i, 65, 'brought' from generate_series(1, 5) i",
            "alter table event attach partition event_6 for values from (60) to (70)",
            "commit");
    attend();
    run();

    assertThat(mirror.slave().rows("select count(*) from event where day > 40"))
        .containsExactly("14");
    assertThat(copies()).isZero();
  }

  @Test
  void aTableWhosePartitionWasDetachedOrDroppedIsCopiedAgain() throws Exception {
    mirror.master().execute("alter table event detach partition event_3", "drop table event_1");
    attend();
    run();
    assertThat(copies()).isOne();

    // Gone and back, with other rows.
    mirror
        .master()
        .execute(
            "alter table event detach partition event_2",
            "update event_2 set note = 'unseen'",
            "delete from event_2 where id = 12",
            "alter table event attach partition event_2 for values from (10) to (20)");
    attend();
    run();
    run("truncate event_2");
  }

  @Test
  void partitionsThatComeAndGoThroughExecuteNeedNoCopy() throws Exception {
    mirror.sink("ddl.enabled", "true").restartSink(0);
    mirror
        .slave()
        .execute(
            "drop table event",
            "create table event (id int, day int, note text, primary key (id, day))"
                + " partition by range (day)",
            "create table event_1 partition of event for values from (0) to (10)",
            "create table event_2 partition of event for values from (10) to (20)",
            "create table event_3 partition of event for values from (20) to (40)",
            "alter table event owner to sink_login",
            "alter table event_1 owner to sink_login",
            "alter table event_2 owner to sink_login",
            "alter table event_3 owner to sink_login",
            "grant create, usage on schema public to sink_login");
    mirror.master().execute("select replica.copy('event')");
    mirror.settle();
    final var before = copies();

    mirror
        .master()
        .execute(
            "select replica.execute('create table event_4 (id int not null, day int not null, note text)')",
            "insert into event_4 select i, i, 'brought' from generate_series(41, 45) i",
            "select replica.execute('alter table event attach partition event_4 for values from (40) to (50)')",
            "update event_4 set note = 'changed' where id = 42",
            "select replica.execute('create table event_5 partition of event for values from (50) to (60)')",
            "insert into event values (55, 55, 'new')",
            "select replica.execute('drop table event_1')",
            "begin",
            "delete from event_2 where id = 12",
            "select replica.execute('alter table event detach partition event_2')",
            "commit",
            "truncate event_5",
            "insert into event values (56, 56, 'newer')");
    assertThat(mirror.master().value("select tables_to_renew from replica.status")).isEqualTo("0");
    mirror.settle();

    mirror.assertEqual("event");
    assertThat(mirror.slave().rows("select * from event where day > 40 order by 1"))
        .containsExactly(
            "41|41|brought",
            "42|42|changed",
            "43|43|brought",
            "44|44|brought",
            "45|45|brought",
            "56|56|newer");
    assertThat(mirror.slave().rows("select count(*) from event_2")).containsExactly("9");
    assertThat(copies()).isEqualTo(before);
  }

  @Test
  void aPartitionDetachedBeforeACommandIsStillCopied() throws Exception {
    mirror
        .master()
        .execute(
            "alter table event detach partition event_2",
            "select replica.execute('alter table event_1 set (fillfactor = 90)')");
    attend();
    run();

    assertThat(copies()).isOne();
  }

  @Test
  void aPartitionThatMayHaveBeenTruncatedUnseenHasTheTableCopied() throws Exception {
    mirror
        .master()
        .execute(
            "create table event_4 partition of event for values from (40) to (50)",
            "insert into event values (1, 41, 'logged')",
            "truncate event_4");
    attend();
    run();

    assertThat(copies()).isOne();
  }

  @Test
  void aTruncateOfTheRootIsOne() throws Exception {
    run("truncate event");
    assertThat(TaskRun.data(mirror.sent()))
        .filteredOn(record -> TaskRun.operation(record) != Operation.COPY)
        .extracting(TaskRun::operation)
        .containsExactly(Operation.TRUNCATE);
    run("insert into event values (1, 1, 'a'), (2, 11, 'b')");
    run(
        "begin",
        "truncate event",
        "insert into event values (2, 2, 'c')",
        "truncate event_1",
        "commit");
    run("insert into event values (1, 1, 'a'), (2, 11, 'b')", "truncate event_1, event");
  }

  @Test
  void aTruncateOfPartitionsIsTheDeletionOfTheirRows() throws Exception {
    run("truncate event_1");
    run("truncate event_2, event_3a");
    run("truncate event_3");
    run("begin isolation level repeatable read", "select 1", "truncate event_3b", "commit");
    assertThat(copies()).as("an old snapshot may not show all rows").isOne();
  }

  @Test
  void aDetachedPartitionsTruncateIsNoneOfTheRoots() throws Exception {
    run(
        "alter table event detach partition event_1",
        "insert into event_3b values (0, 30, 'filler')",
        "create table event_1b partition of event for values from (0) to (10)",
        "insert into event select * from event_1",
        "truncate event_1");
  }

  @Test
  void oldRowsOfPartitionsAreLoggedOnRequest() throws Exception {
    mirror.master().execute("select replica.track('event', old_image => true)");
    run("update event set note = 'b', day = day + 1 where id = 9", "truncate event_1");

    assertThat(TaskRun.data(mirror.sent()))
        .filteredOn(record -> TaskRun.operation(record) == Operation.DELETE)
        .hasSize(9)
        .allSatisfy(record -> assertThat(record.headers().lastWithName("replica.old")).isNotNull());
  }

  @Test
  void untrackingTakesEveryTriggerOff() throws Exception {
    mirror.master().execute("select replica.untrack('event')");

    assertThat(
            mirror
                .master()
                .rows("select tgname from pg_trigger where tgname like 'replica%' order by 1"))
        .isEmpty();
    assertThat(mirror.master().rows("select * from replica.tracked_partition")).isEmpty();
  }

  @Test
  void whateverIsDoneAtRandomArrives() throws Exception {
    var seed = Long.getLong("kreplica.seed", 20_260_202L);
    System.out.println("PartitionedTableIT seed " + seed + " (choose with -Dkreplica.seed=)");
    var random = new Random(seed);
    for (var round = 0; round < 15; round++) {
      for (var i = 0; i < 30; i++) {
        doSomething(random);
      }
      mirror.settle();
      mirror.assertEqual("event");
    }
  }

  private void doSomething(Random random) {
    var target =
        new String[] {"event", "event", "event_1", "event_2", "event_3"}[random.nextInt(5)];
    var id = random.nextInt(40);
    var day = random.nextInt(40);
    try {
      mirror
          .master()
          .execute(
              switch (random.nextInt(9)) {
                case 0 -> "insert into event values (" + id + ", " + day + ", 'i')";
                case 1 ->
                    "insert into event values ("
                        + id
                        + ", "
                        + day
                        + ", 'c') on conflict (id, day)"
                        + " do update set note = 'conflict'";
                case 2 -> "delete from " + target + " where id = " + id;
                case 3 -> "update " + target + " set note = note || 'u' where id < " + id;
                case 4 -> "update event set day = (day + " + day + ") % 40 where id = " + id;
                case 5 -> "update event set day = (day + 1) % 40 where id > " + id;
                case 6 -> "update event set id = id + 1 where day = " + day;
                case 7 ->
                    "with gone as (delete from event where id < 5 returning *) insert into event"
                        + " select id, (day + 17) % 40, note from gone";
                default ->
                    random.nextInt(10) == 0
                        ? "truncate " + target
                        : "delete from event where day = " + day;
              });
    } catch (SQLException e) {
      assertThat(e.getSQLState()).as(e.getMessage()).isIn("23505", "23514");
    }
  }
}
