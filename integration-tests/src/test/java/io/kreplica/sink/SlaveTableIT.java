package io.kreplica.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.SharedPostgres;
import io.kreplica.record.Marker;
import io.kreplica.sink.TopicFixture.Form;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How the tables of a slave take changes, whatever their keys, columns and constraints. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class SlaveTableIT {

  private static final MasterTable ITEM =
      MasterTable.of("public.item", "id", "id", "integer", "name", "text");
  private static final MasterTable PART =
      MasterTable.of("public.part", "id", "id", "integer", "item", "integer");

  private final PostgresServer server;
  private final TopicFixture topic = new TopicFixture(Form.WITH_SCHEMAS);
  private SlaveFixture slave;

  SlaveTableIT(PostgresVersion version) {
    this.server = SharedPostgres.of(version);
  }

  @BeforeEach
  void createSlave() throws SQLException {
    slave = SlaveFixture.on(server);
  }

  @AfterEach
  void closeSlave() throws SQLException {
    slave.close();
  }

  private void apply(String... settings) {
    SinkRun.of(topic, slave.settings(settings)).untilEnd().close();
  }

  private void applyPiecewise() {
    SinkRun.slowly(topic, slave.settings("buffer.max.rows", "3"), 2).untilEnd().close();
  }

  @Test
  void swapsUniqueValuesBetweenRows() throws Exception {
    slave.execute(
        "create table item (id integer primary key, name text unique, note text default 'new')",
        "insert into item values (1, 'a', 'one'), (2, 'b', 'two')");
    topic
        .batch("5:5:")
        .update(ITEM, 3, 1, "tmp")
        .update(ITEM, 3, 2, "a")
        .update(ITEM, 3, 1, "b")
        .insert(ITEM, 3, 3, "c")
        .commit();

    apply();

    assertThat(slave.rows("select * from item order by id"))
        .containsExactly("1|b|one", "2|a|two", "3|c|new");
  }

  @Test
  void passesUniqueValuesAlongABatchLargerThanMemory() throws Exception {
    slave.execute(
        "create table item (id integer primary key, name text unique, note text)",
        "insert into item select i, 'n' || i, 'note ' || i from generate_series(1, 20) as i");
    var batch = topic.batch("5:5:");
    for (var i = 1; i <= 20; i++) {
      batch.update(ITEM, 3, i, "n" + (i % 20 + 1));
    }
    batch.commit();

    applyPiecewise();

    assertThat(
            slave.rows(
                "select count(*) from item where name = 'n' || (id % 20 + 1)"
                    + " and note = 'note ' || id"))
        .containsExactly("20");
  }

  @Test
  void refusesAValueThatARowOfTheSlaveAloneHolds() throws Exception {
    slave.execute(
        "create table item (id integer primary key, name text constraint one_name unique)",
        "insert into item values (9, 'a')");
    topic.batch("5:5:").insert(ITEM, 3, 1, "a").insert(ITEM, 4, 2, "b").commit();

    assertThatThrownBy(this::apply)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("to public.item (key id=1; transaction 3, batch 1-1)")
        .hasMessageContaining("SQLSTATE 23505, constraint one_name");
    assertThat(slave.rows("select * from item")).containsExactly("9|a");
  }

  @Test
  void truncatesTablesWithForeignKeysTogether() throws Exception {
    slave.execute(
        "create table item (id integer primary key, name text)",
        "create table part (id integer primary key, item integer references item)");
    topic.batch("5:5:").insert(ITEM, 3, 1, "a").insert(PART, 3, 1, 1).commit();
    topic.batch("6:6:").truncate(5, ITEM, PART).insert(ITEM, 5, 2, "b").commit();

    apply();

    assertThat(slave.rows("select * from item")).containsExactly("2|b");
    assertThat(slave.rows("select * from part")).isEmpty();
  }

  @Test
  void emptiesATableThatOnlyTheSlavesForeignKeyKeepsFromBeingTruncated() throws Exception {
    slave.execute(
        "create table item (id integer primary key, name text)",
        "create table part (id integer primary key, item integer references item)",
        "insert into item values (1, 'a')");
    topic.batch("5:5:").truncate(3, ITEM).insert(ITEM, 3, 2, "b").commit();

    apply();

    assertThat(slave.rows("select * from item")).containsExactly("2|b");
  }

  @Test
  void firesNoTriggerAndChecksNoForeignKey() throws Exception {
    slave.execute(
        "create table item (id integer primary key, name text)",
        "create table part (id integer primary key, item integer references item)",
        "create function shout() returns trigger language plpgsql as"
            + " 'begin new.name := upper(new.name); return new; end'",
        "create trigger shout before insert on item for each row execute function shout()");
    topic.batch("5:5:").insert(PART, 3, 1, 1).insert(ITEM, 3, 1, "a").commit();

    apply();

    assertThat(slave.rows("select name from item")).containsExactly("a");
    assertThat(slave.rows("select item from part")).containsExactly("1");
  }

  @Test
  void writesIdentityColumnsAndLeavesGeneratedOnesOut() throws Exception {
    slave.execute(
        "create table item (id integer generated always as identity primary key, name text,"
            + " size integer generated always as (length(name)) stored)");
    var item =
        MasterTable.of("public.item", "id", "id", "integer", "name", "text", "size", "integer");
    topic.batch("5:5:").insert(item, 3, 7, "abc", 3).commit();
    topic.batch("6:6:").update(item, 5, 7, "abcd", 4).commit();

    apply();

    assertThat(slave.rows("select * from item")).containsExactly("7|abcd|4");
  }

  @Test
  void changesAnIdentityColumnThatIsNotTheKey() throws Exception {
    slave.execute(
        "create table item (id integer primary key,"
            + " serial integer generated always as identity, note text default 'd')",
        "insert into item (id, note) values (1, 'kept')");
    var item = MasterTable.of("public.item", "id", "id", "integer", "serial", "integer");
    topic.batch("5:5:").update(item, 3, 1, 77).insert(item, 3, 2, 78).commit();

    apply();

    assertThat(slave.rows("select * from item order by id")).containsExactly("1|77|kept", "2|78|d");
  }

  @Test
  void leavesColumnsThatOnlyTheSlaveHasAsTheyAre() throws Exception {
    slave.execute(
        "create table item (note text default 'new', id integer primary key, name text)",
        "insert into item values ('kept', 1, 'a')");
    topic.batch("5:5:").update(ITEM, 3, 1, "b").insert(ITEM, 3, 2, "c").commit();

    apply();

    assertThat(slave.rows("select id, name, note from item order by id"))
        .containsExactly("1|b|kept", "2|c|new");
  }

  @Test
  void takesValuesOfEveryKindOfType() throws Exception {
    var columns =
        new String[] {
          "id", "bigint",
          "flag", "boolean",
          "small", "smallint",
          "amount", "numeric(12,3)",
          "ratio", "double precision",
          "raw", "bytea",
          "day", "date",
          "moment", "timestamp with time zone",
          "span", "interval",
          "doc", "jsonb",
          "plain", "json",
          "mark", "uuid",
          "numbers", "integer[]",
          "texts", "character varying(5)[]",
          "area", "box",
          "areas", "box[]",
          "place", "address",
          "feeling", "mood",
          "code", "character(4)",
          "bits", "bit(3)",
          "period", "int4range",
          "net", "inet",
          "letter", "\"char\"",
          "small_text", "short",
          "many", "shorts",
          "label", "name",
          "words", "tsvector"
        };
    var values =
        new Object[] {
          1L,
          true,
          (short) -3,
          "12345678.125",
          "0.1",
          "\\x00ff5c22",
          "2020-02-29",
          "2020-01-01 10:00:00+00",
          "1 year 2 mons -03:00:00",
          "{\"a\": [1, \"x\\\"y\"]}",
          "{ \"b\":  null}",
          "8f3e2d2c-0000-4000-8000-000000000001",
          "{{1,NULL},{3,4}}",
          "{\"a,b\",NULL,\"NULL\",\"\\\\\"}",
          "(2,2),(1,1)",
          "{(2,2),(1,1);(4,4),(3,3)}",
          "(\"Main \"\"St\"\"\",5)",
          "so so",
          "ab  ",
          "101",
          "[1,10)",
          "10.0.0.0/8",
          "x",
          "abc",
          "{abc,de}",
          "a_name",
          "'cat' 'sat':2"
        };
    var definition = new StringBuilder();
    for (var i = 0; i < columns.length; i += 2) {
      definition.append(i == 0 ? "" : ", ").append(columns[i]).append(' ').append(columns[i + 1]);
    }
    slave.execute(
        "create type address as (street text, number integer)",
        "create type mood as enum ('good', 'so so')",
        "create domain short as varchar(3)",
        "create domain shorts as varchar(3)[]",
        "create table everything (" + definition + ", primary key (id))");
    var everything = MasterTable.of("public.everything", "id", columns);
    topic.batch("5:5:").insert(everything, 3, values).update(everything, 3, values).commit();
    var nulls = new Object[values.length];
    nulls[0] = 2L;
    topic.batch("6:6:").insert(everything, 5, nulls).commit();

    apply();

    slave.execute("set timezone = 'UTC'", "set bytea_output = 'hex'");
    for (var i = 1; i < values.length; i++) {
      assertThat(
              slave.rows(
                  "select cast(row("
                      + columns[2 * i]
                      + ") as text) = "
                      + "cast(row($v$"
                      + values[i]
                      + "$v$::"
                      + columns[2 * i + 1]
                      + ") as text)"
                      + " from everything where id = 1"))
          .as(columns[2 * i])
          .containsExactly("t");
    }
    assertThat(slave.rows("select count(*) from everything where label is null and texts is null"))
        .containsExactly("1");
  }

  @Test
  void stopsAtAValueThatIsTooLongInsteadOfCuttingIt() throws Exception {
    slave.execute("create table item (id integer primary key, name varchar(3))");
    topic.batch("5:5:").insert(ITEM, 3, 1, "abc").insert(ITEM, 4, 2, "secret").commit();

    assertThatThrownBy(this::apply)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("to public.item (key id=2; transaction 4, batch 1-1)")
        .hasMessageContaining("value too long for type character varying(3)")
        .hasMessageNotContaining("secret");
    assertThat(slave.rows("select * from item")).isEmpty();
  }

  @Test
  void stopsAtATypeThatCannotTakeTheValueWithoutShowingIt() throws Exception {
    slave.execute("create table item (id integer primary key, name integer)");
    topic.batch("5:5:").insert(ITEM, 3, 1, "secret").commit();

    assertThatThrownBy(this::apply)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("key id=1; column name; transaction 3")
        .hasMessageContaining("invalid input syntax for type integer")
        .hasMessageNotContaining("secret");
  }

  @Test
  void namesAMissingTableWithItsDdl() {
    topic.batch("5:5:").insert(ITEM, 3, 1, "a").commit();

    assertThatThrownBy(this::apply)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("create table public.item (id integer, name text, primary key (id))");
  }

  @Test
  void namesAMissingColumnWithItsDdl() throws Exception {
    slave.execute("create table item (id integer primary key)");
    topic.batch("5:5:").insert(ITEM, 3, 1, "a").commit();

    assertThatThrownBy(this::apply)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("alter table public.item add column name text");
  }

  @Test
  void doesNotGuessTypesThatTheRecordsDoNotCarry() throws Exception {
    slave.execute("create table item (id integer primary key)");
    var schemaless = new TopicFixture(Form.SCHEMALESS);
    schemaless.batch("5:5:").insert(ITEM, 3, 1, "a").commit();

    assertThatThrownBy(() -> SinkRun.of(schemaless, slave.settings()).untilEnd())
        .hasMessageContaining("add column name <type of the column on the master>");
  }

  @Test
  void namesAMissingKeyWithItsDdl() throws Exception {
    slave.execute("create table item (id integer, name text)");
    topic.batch("5:5:").insert(ITEM, 3, 1, "a").commit();

    assertThatThrownBy(this::apply)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("alter table public.item add primary key (id)");
  }

  @Test
  void takesAColumnThatIsAddedWhileItRuns() throws Exception {
    slave.execute("create table item (id integer primary key, name text)");
    topic.batch("5:5:").insert(ITEM, 3, 1, "a").commit();
    var wider =
        MasterTable.of("public.item", "id", "id", "integer", "name", "text", "size", "integer");
    try (var run = SinkRun.of(topic, slave.settings()).untilEnd()) {
      slave.execute("alter table item add column size integer");
      topic.batch("6:6:").insert(wider, 5, 2, "b", 5).commit();
      run.untilEnd();
    }

    assertThat(slave.rows("select * from item order by id")).containsExactly("1|a|null", "2|b|5");
  }

  @Test
  void keepsAColumnThatOnlySomeRowsOfABatchCarry() throws Exception {
    slave.execute("create table item (id integer primary key, name text, size integer)");
    var wider =
        MasterTable.of("public.item", "id", "id", "integer", "name", "text", "size", "integer");
    topic.batch("5:5:").insert(wider, 3, 1, "a", 5).update(ITEM, 3, 1, "b").commit();

    apply();

    assertThat(slave.rows("select * from item")).containsExactly("1|b|5");
  }

  @Test
  void namesTheGrantForATableItMayNotWrite() throws Exception {
    slave.execute(
        "create table item (id integer primary key, name text)",
        "revoke all on item from replica_sink");
    topic.batch("5:5:").insert(ITEM, 3, 1, "a").commit();

    assertThatThrownBy(this::apply)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("permission denied for table item")
        .hasMessageContaining("grant select, insert, update, delete, truncate");
  }

  @Test
  void mapsATableToAnotherName() throws Exception {
    slave.execute(
        "create schema crm",
        "create table crm.\"The Item\" (id integer primary key, name text)",
        "grant usage on schema crm to replica_sink",
        "grant all on crm.\"The Item\" to replica_sink");
    topic.batch("5:5:").insert(ITEM, 3, 1, "a").commit();

    apply("table.map", "public.item:crm.\"The Item\"");

    assertThat(slave.rows("select * from crm.\"The Item\"")).containsExactly("1|a");
    assertThat(slave.rows("select source_table, slave_table from replica.slave_status"))
        .containsExactly("public.item|crm.\"The Item\"");
  }

  @Test
  void applyingToAPartitionedTableMovesRowsBetweenPartitions() throws Exception {
    slave.execute(
        "create table item (id integer, name text, primary key (id)) partition by range (id)",
        "create table item_low partition of item for values from (0) to (10)",
        "create table item_high partition of item for values from (10) to (100)");
    topic.batch("5:5:").insert(ITEM, 3, 1, "a").insert(ITEM, 3, 11, "b").commit();
    topic.batch("6:6:").delete(ITEM, 5, 1).update(ITEM, 5, 12, "a").commit();

    apply();

    assertThat(slave.rows("select * from item_high order by id")).containsExactly("11|b", "12|a");
  }

  @Test
  void keepsTheOrderOfKeysThatAreEqualThoughTheirTextsDiffer() throws Exception {
    slave.execute(
        "create table price (amount numeric, zone text, note text,"
            + " primary key (amount, zone))");
    var price =
        MasterTable.of(
            "public.price", "amount,zone", "amount", "numeric", "zone", "text", "note", "text");
    topic
        .batch("5:5:")
        .insert(price, 3, "1.0", "x", "first")
        .update(price, 3, "1.00", "x", "second")
        .insert(price, 3, "2.0", "x", "gone")
        .delete(price, 3, "2", "x")
        .insert(price, 3, "3", "x", "old")
        .delete(price, 3, "3.0", "x")
        .insert(price, 3, "3.000", "x", "new")
        .commit();

    apply();

    assertThat(slave.rows("select * from price order by amount"))
        .containsExactly("1.00|x|second", "3.000|x|new");
  }

  @Test
  void deletesByACaseInsensitiveKey() throws Exception {
    slave.execute(
        "create extension citext schema public",
        "create table tag (name citext primary key, note text)",
        "insert into tag values ('Abc', 'old')");
    var tag = MasterTable.of("public.tag", "name", "name", "citext", "note", "text");
    topic.batch("5:5:").update(tag, 3, "abc", "new").insert(tag, 3, "x", "gone").commit();
    topic.batch("6:6:").delete(tag, 5, "X").commit();

    apply();

    assertThat(slave.rows("select * from tag")).containsExactly("abc|new");
  }

  @Test
  void writesATableWhoseKeyIsDeferrable() throws Exception {
    slave.execute(
        "create table item (id integer primary key deferrable initially deferred, name text,"
            + " note text default 'new')",
        "insert into item values (1, 'a', 'kept')");
    topic.batch("5:5:").update(ITEM, 3, 1, "b").insert(ITEM, 3, 2, "c").commit();
    topic.batch("6:6:").delete(ITEM, 5, 2).commit();

    apply();

    assertThat(slave.rows("select * from item")).containsExactly("1|b|kept");
  }

  @Test
  void usesAUniqueIndexWhereThereIsNoPrimaryKey() throws Exception {
    slave.execute(
        "create table item (id integer not null, name text)", "create unique index on item (id)");
    topic.batch("5:5:").insert(ITEM, 3, 1, "a").commit();
    topic.batch("6:6:").update(ITEM, 5, 1, "b").commit();

    apply();

    assertThat(slave.rows("select * from item")).containsExactly("1|b");
  }

  @Test
  void aCopyEmptiesTheTableAndFillsIt() throws Exception {
    slave.execute(
        "create table item (id integer primary key, name text)",
        "insert into item values (8, 'stale'), (9, 'stale')");
    var begins = new Marker.Copy(4, ITEM.name(), Optional.empty(), true, false);
    var ends = new Marker.Copy(4, ITEM.name(), Optional.empty(), false, true);
    topic
        .copyBatch("5:5:", begins)
        .insert(ITEM, 3, 9, "changed")
        .copied(ITEM, 4, 1, "a")
        .copied(ITEM, 4, 2, "b")
        .commit();
    apply();
    assertThat(slave.rows("select state from replica.slave_status")).containsExactly("copying");
    topic.copyBatch("6:6:", ends).update(ITEM, 5, 1, "c").copied(ITEM, 4, 9, "changed").commit();

    apply();

    assertThat(slave.rows("select * from item order by id"))
        .containsExactly("1|c", "2|b", "9|changed");
    assertThat(slave.rows("select state, copy_request from replica.slave_status"))
        .containsExactly("complete|4");
  }

  @Test
  void aCopyOfAnEmptyTableEmptiesIt() throws Exception {
    slave.execute(
        "create table item (id integer primary key, name text)",
        "insert into item values (9, 'stale')");
    topic.copyBatch("5:5:", new Marker.Copy(4, ITEM.name(), Optional.empty(), true, true)).commit();

    apply();

    assertThat(slave.rows("select * from item")).isEmpty();
  }

  @Test
  void aCopyForAnotherSlaveChangesNothing() throws Exception {
    slave.execute(
        "create table item (id integer primary key, name text)",
        "insert into item values (9, 'kept')");
    topic
        .copyBatch("5:5:", new Marker.Copy(4, ITEM.name(), Optional.of("berlin"), true, true))
        .copied(ITEM, 4, 1, "a")
        .commit();

    apply();

    assertThat(slave.rows("select * from item")).containsExactly("9|kept");

    slave.execute("delete from replica.replica_position");
    apply("slave.name", "berlin");

    assertThat(slave.rows("select * from item")).containsExactly("1|a");
  }
}
