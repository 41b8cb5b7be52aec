package io.kreplica.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.SharedPostgres;
import io.kreplica.record.Marker;
import io.kreplica.record.SequenceValue;
import io.kreplica.record.TableName;
import io.kreplica.sink.TopicFixture.Form;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What somebody can do to a slave who can write to its topic: change rows of the tables that the
 * sink takes, as the master's source could, and nothing else. The sink's role may write the table
 * {@code victim} in all these tests.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class ForgedRecordsIT {

  private static final MasterTable ACCOUNT =
      MasterTable.of("public.account", "id", "id", "integer", "name", "text");
  private static final MasterTable VICTIM =
      MasterTable.of("public.victim", "id", "id", "integer", "name", "text");
  private static final String[] ONLY_ACCOUNT = {"tables", "public.account"};

  private final PostgresVersion version;
  private final TopicFixture topic = new TopicFixture(Form.WITH_SCHEMAS);
  private SlaveFixture slave;

  ForgedRecordsIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createSlave() throws SQLException {
    slave = SlaveFixture.on(SharedPostgres.of(version));
    slave.execute(
        "create table account (id serial primary key, name text)",
        "create table victim (id serial primary key, name text)",
        "insert into victim (name) values ('untouched')");
  }

  @AfterEach
  void closeSlave() throws SQLException {
    slave.close();
  }

  private void apply(String... settings) {
    try (var run = SinkRun.of(topic, slave.settings(settings))) {
      run.untilEnd();
    }
  }

  private void assertRefused(String reason, String... settings) throws SQLException {
    assertThatThrownBy(() -> apply(settings))
        .isInstanceOf(ConnectException.class)
        .hasMessageStartingWith("Cannot ")
        .hasMessageContaining(reason);
    assertThat(slave.rows("select id, name from victim")).containsExactly("1|untouched");
    assertThat(slave.rows("select id, name from account")).isEmpty();
    assertThat(slave.rows("select last_value from victim_id_seq")).containsExactly("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"I", "U", "D", "T"})
  void noChangeReachesATableThatTheSinkDoesNotTake(String operation) throws Exception {
    var batch = topic.batch("9:9:").insert(ACCOUNT, 5, 1, "a");
    switch (operation) {
      case "I" -> batch.insert(VICTIM, 6, 2, "forged");
      case "U" -> batch.update(VICTIM, 6, 1, "forged");
      case "D" -> batch.delete(VICTIM, 6, 1);
      default -> batch.truncate(6, VICTIM);
    }
    batch.commit();

    assertRefused(
        "Cannot apply changes of public.victim: the sink's setting tables does not name it",
        ONLY_ACCOUNT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"replica.slave_table", "pg_catalog.pg_class", "information_schema.t"})
  void noChangeReachesSystemSchemasWhateverTheSinkTakes(String table) throws Exception {
    topic.batch("9:9:").truncate(5, MasterTable.of(table, "id", "id", "integer")).commit();

    assertRefused("is PostgreSQL's or KReplica's own");
    assertRefused("is PostgreSQL's or KReplica's own", "tables", "*.*");
  }

  @Test
  void noChangeReachesATableUnderAnotherNameThanTheMapSays() throws Exception {
    topic.batch("9:9:").insert(VICTIM, 5, 2, "forged").commit();

    assertRefused(
        "table.map gives the slave's table of this name to another table",
        "table.map",
        "public.account:public.victim");
  }

  @Test
  void aCopyDoesNotEmptyATableThatTheSinkDoesNotTake() throws Exception {
    var copy = new Marker.Copy(1, TableName.parse("public.victim"), Optional.empty(), true, true);
    topic.copyBatch("9:9:", copy).commit();

    apply(ONLY_ACCOUNT);

    assertThat(slave.rows("select id, name from victim")).containsExactly("1|untouched");
    assertThat(slave.rows("select source_table from replica.slave_table")).isEmpty();
  }

  @Test
  void aMarkerSetsNoSequenceThatTheSinkDoesNotTake() throws Exception {
    var victim = TableName.parse("public.victim_id_seq");
    var ofVictim = new SequenceValue.Column(TableName.parse("public.victim"), "id");
    var ofNothing = new SequenceValue.Column(TableName.parse("public.account"), "name");
    var ofAccount = new SequenceValue.Column(TableName.parse("public.account"), "id");
    topic
        .batch("9:9:")
        .commit(
            new SequenceValue(victim, Optional.empty(), 666, true, 1),
            new SequenceValue(victim, Optional.of(ofVictim), 666, true, 1),
            new SequenceValue(victim, Optional.of(ofNothing), 666, true, 1),
            new SequenceValue(victim, Optional.of(ofAccount), 42, true, 1));

    apply(ONLY_ACCOUNT);

    assertThat(slave.rows("select last_value from victim_id_seq")).containsExactly("1");
    assertThat(slave.rows("select last_value from account_id_seq")).containsExactly("42");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "public.\"x\"\"; drop table victim; --\"",
        "\"public\"\".victim; --\".t",
        "public.victim; drop table victim",
        "public.\"victim\" as v; drop table victim; --\"",
        "public.victim\0"
      })
  void namesOfTablesAreNamesAndNothingElse(String name) throws Exception {
    var batch = topic.batch("9:9:");
    topic.forgedRecord(
        Map.of("id", 1), Map.of("id", 1, "name", "forged"), batch.headersOf("I", name, 5));
    topic.forgedRecord(null, Map.of("table", name), batch.headersOf("T", name, 5));
    batch.commit();

    assertRefused("");
  }

  @Test
  void namesOfColumnsAreNamesAndNothingElse() throws Exception {
    var column = "name\") values ('x'); drop table victim; --";
    topic
        .batch("9:9:")
        .insert(MasterTable.of("public.account", "id", "id", "integer", column, "text"), 5, 1, "a")
        .commit();

    assertRefused("has no column");
    slave.execute("alter table account owner to sink_login");
    apply("auto.evolve", "true");
    assertThat(
            slave.rows(
                "select attname from pg_attribute where attrelid = 'account'::regclass and attnum = 3"))
        .containsExactly(column);
    assertThat(slave.rows("select name from victim")).containsExactly("untouched");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text); drop table victim; --",
        "text default pg_sleep(9)",
        "text references victim",
        "text, other text"
      })
  void typesOfColumnsAreTypesAndNothingElse(String type) throws Exception {
    topic
        .batch("9:9:")
        .insert(MasterTable.of("public.account", "id", "id", "integer", "extra", type), 5, 1, "a")
        .insert(MasterTable.of("public.fresh", "id", "id", "integer", "extra", type), 5, 1, "a")
        .commit();
    slave.execute(
        "alter table account owner to sink_login", "grant create on schema public to replica_sink");

    assertRefused(
        "do not tell the type of column extra", "auto.create", "true", "auto.evolve", "true");
    // Nor is it put before a person, to be run by hand.
    assertThatThrownBy(() -> apply()).hasMessageNotContaining(type);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'); drop table victim; --",
        "\\'; drop table victim; --",
        "{\"a\",\"b\"}\",NULL,{",
        "$1 ? ?? {fn now()} :x \\\\ \"",
        "\u0001\u001b[31m\r\n"
      })
  void valuesAreValuesAndNothingElse(String value) throws Exception {
    slave.execute("alter role sink_login set standard_conforming_strings = off");
    try {
      topic.batch("9:9:").insert(ACCOUNT, 5, 1, value).insert(ACCOUNT, 5, 2, "b").commit();
      topic.batch("12:12:").update(ACCOUNT, 10, 2, value).commit();
      apply(ONLY_ACCOUNT);
    } finally {
      slave.execute("alter role sink_login reset standard_conforming_strings");
    }

    assertThat(slave.rows("select name from account")).containsExactly(value, value);
    assertThat(slave.rows("select name from victim")).containsExactly("untouched");
  }

  @ParameterizedTest
  @ValueSource(strings = {"drop table victim", "--\rdrop table victim", "/**/delete from victim"})
  void commandsAreNotExecutedUnlessThatWasAskedFor(String sql) throws Exception {
    var batch = topic.batch("9:9:");
    var headers = batch.headersOf("S", "public.account", 5);
    topic.forgedRecord(
        null,
        Map.of("sql", sql, "search_path", "public", "settings", Map.of("role", "postgres")),
        headers);
    batch.insert(ACCOUNT, 6, 1, "a").commit();

    apply(ONLY_ACCOUNT);

    assertThat(slave.rows("select name from victim")).containsExactly("untouched");
    assertThat(slave.rows("select name from account")).containsExactly("a");
  }

  @ParameterizedTest
  @CsvSource({
    "replica.table, account, is not of the form schema.table",
    "replica.table, , replica.table",
    "replica.op, X, replica.op",
    "replica.rank, '1; drop', replica.rank",
    "replica.xid, '', replica.xid",
    "replica.batch, 7, batch",
    "replica.epoch, 1e9, replica.epoch"
  })
  void headersThatAreNoneAreNamed(String header, String text, String reason) throws Exception {
    var batch = topic.batch("9:9:");
    var headers = batch.headersOf("I", "public.account", 5);
    headers.remove(header);
    if (text != null) {
      headers.put(header, text);
    }
    topic.forgedRecord(Map.of("id", 1), Map.of("id", 1, "name", "forged"), headers);
    batch.commit();

    assertRefused(reason);
  }

  @Test
  void keysAndRowsOfAnotherFormAreRefused() throws Exception {
    var row = new HashMap<String, Object>(Map.of("id", 1, "name", "m4rked"));
    var forms =
        List.<List<Object>>of(
            List.of("text", row),
            List.of(Map.of("id", 1), "text"),
            List.of(Map.of("id", 1), List.of(1, 2)),
            List.of(Map.of("id", 1), Map.of("id", 1, "name", Map.of("m4rked", 1))),
            List.of(Map.of("id", "x"), Map.of("id", "x", "name", "m4rked")),
            List.of(Map.of("name", "m4rked"), row),
            List.of(Map.of(), row),
            List.of(Map.of("id", 1), Map.of("id", 1, "nothing", "m4rked")));
    for (var form : forms) {
      var forged = new TopicFixture(Form.SCHEMALESS);
      var batch = forged.batch("9:9:");
      forged.forgedRecord(form.get(0), form.get(1), batch.headersOf("I", "public.account", 5));
      batch.commit();

      assertThatThrownBy(
              () -> {
                try (var run = SinkRun.of(forged, slave.settings(ONLY_ACCOUNT))) {
                  run.untilEnd();
                }
              })
          .as(form.toString())
          .isInstanceOf(ConnectException.class)
          .hasMessageStartingWith("Cannot ")
          .hasMessageNotContaining("m4rked");
    }
    assertThat(slave.rows("select count(*) from account")).containsExactly("0");
  }

  @Test
  void partsOfMoreColumnsThanATableCanHaveAreRefused() throws Exception {
    var batch = topic.batch("9:9:");
    var headers = batch.headersOf("P", "public.account", 5);
    for (var part = 1; part <= 1_700; part++) {
      headers.put("replica.part", part);
      topic.forgedRecord(
          null,
          Map.of("table", "public.account", "column", "c" + part, "part", part, "data", "x"),
          headers);
    }
    batch.commit();

    assertRefused("more columns than a table can have");
  }

  @ParameterizedTest
  @CsvSource({
    "log, other, belongs to log 'other'",
    "kind, commit, disagree",
    "to, '9:9:); drop table victim', log position",
    "batch, x, batch id",
    "copy_table, victim, schema.table"
  })
  void markersThatAreNoneAreNamed(String field, String text, String reason) throws Exception {
    topic.batch("4:4:").commit();
    var marker = new HashMap<String, Object>();
    marker.putAll(
        Map.of(
            "kind", "begin", "log", TopicFixture.LOG, "batch", "1-2", "epoch", 1, "from", "4:4:"));
    marker.putAll(
        Map.of("to", "9:9:", "rank", 0, "copy_request", 1, "copy_table", "public.victim"));
    marker.putAll(Map.of("copy_begins", true, "copy_ends", true));
    marker.put(field, text);
    topic.forgedRecord(
        null, marker, Map.of("replica.op", "B", "replica.batch", "1-2", "replica.epoch", 1));

    assertRefused(reason);
  }

  @Test
  void namesOfConnectorAndSlaveAreNamesAndNothingElse() throws Exception {
    var name = "o'b\"; drop table victim; -- é";
    topic.batch("9:9:").insert(ACCOUNT, 5, 1, "a").commit();

    apply("name", name, "slave.name", name);

    assertThat(slave.rows("select sink from replica.replica_position")).containsExactly(name);
    assertThat(slave.rows("select name from victim")).containsExactly("untouched");
    var other = slave.settings("name", "other");
    assertThat(new ReplicaSinkConnector().validate(other).configValues())
        .flatExtracting(value -> value.errorMessages())
        .singleElement()
        .asString()
        .contains(name);
  }
}
