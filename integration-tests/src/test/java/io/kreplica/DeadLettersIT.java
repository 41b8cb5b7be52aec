package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.record.EventHeaders;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions that the slave refuses go to the dead letter queue whole, and the rest goes on. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class DeadLettersIT {

  private final PostgresVersion version;
  private Mirror mirror;

  DeadLettersIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createTables() throws Exception {
    mirror = Mirror.on(version).sink(tolerant());
    mirror.onBoth(
        "create table t (id int primary key, v text)",
        "create table u (id int primary key, v text)");
    mirror.slave().execute("alter table t add check (v <> 'bad')");
    mirror.track("t", "u");
    mirror.master().execute("insert into t values (1, 'a'), (2, 'b')");
    mirror.settle().assertEqual();
  }

  @AfterEach
  void close() throws SQLException {
    mirror.close();
  }

  private static String[] tolerant(String... more) {
    var settings =
        new ArrayList<>(
            List.of(
                "errors.tolerance", "all",
                "errors.deadletterqueue.topic.name", "letters",
                "accept.missing.rows", "true"));
    settings.addAll(List.of(more));
    return settings.toArray(String[]::new);
  }

  private static final String REFUSED_TRANSACTION =
      "begin; insert into u values (5, 'whole'); update t set v = 'bad' where id = 1;"
          + " insert into t values (3, 'c'); delete from t where id = 2; commit";

  private List<String> letters() {
    return mirror.sinkTask(0).letters().stream().map(DeadLettersIT::describe).toList();
  }

  private static String describe(SinkRecord record) {
    var headers = EventHeaders.readFrom(record.headers());
    return headers.operation().code() + " " + headers.table();
  }

  private List<String> notes() throws SQLException {
    return mirror
        .slave()
        .rows(
            "select source_table, row_key, settled_at is not null from replica.dead_letter"
                + " order by 1, 2");
  }

  @ParameterizedTest
  @ValueSource(ints = {50_000, 2})
  void aRefusedTransactionIsSetAsideWholeAndTheOthersAreApplied(int buffer) throws Exception {
    mirror.sink("buffer.max.rows", Integer.toString(buffer)).restartSink(0);
    mirror
        .master()
        .execute(
            "insert into t values (10, 'before')",
            REFUSED_TRANSACTION,
            "insert into t values (11, 'behind')",
            "insert into u values (12, 'behind')");
    mirror.settle();

    assertThat(mirror.slave().rows("select * from t order by id"))
        .containsExactly("1|a", "2|b", "10|before", "11|behind");
    assertThat(mirror.slave().rows("select * from u order by id")).containsExactly("12|behind");
    assertThat(letters()).containsExactly("I public.u", "U public.t", "I public.t", "D public.t");
    assertThat(notes())
        .containsExactly(
            "public.t|id=1|f", "public.t|id=2|f", "public.t|id=3|f", "public.u|id=5|f");
    assertThat(
            mirror.slave().rows("select distinct reason like '%check%' from replica.dead_letter"))
        .containsExactly("t");
  }

  @Test
  void whatDependsOnATransactionSetAsideIsToldAndSettled() throws Exception {
    mirror.master().execute(REFUSED_TRANSACTION);
    mirror.settle();
    mirror.master().execute("update t set v = 'good' where id = 1", "delete from t where id = 3");
    mirror.settle();
    assertThat(notes())
        .containsExactly(
            "public.t|id=1|t", "public.t|id=2|f", "public.t|id=3|t", "public.u|id=5|f");

    // What is not settled is all that differs; another task knows it too.
    mirror.restartSink(0);
    mirror.master().execute("update u set v = 'touched'", "select replica.copy('t')");
    mirror.settle().assertEqual();
    assertThat(notes()).allMatch(note -> note.endsWith("|t"));
  }

  @Test
  void aLaterStateInTheSameBatchSettlesToo() throws Exception {
    mirror
        .master()
        .execute(
            "insert into t values (4, 'x')",
            "begin; update t set v = 'bad' where id = 1; update t set v = 'y' where id = 4; commit",
            "update t set v = 'again' where id = 4");
    mirror.settle();

    assertThat(mirror.slave().rows("select * from t order by id"))
        .containsExactly("1|a", "2|b", "4|again");
    assertThat(notes()).containsExactly("public.t|id=1|f", "public.t|id=4|t");
  }

  @Test
  void severalRefusedTransactionsOfABatchAreSetAsideOneByOne() throws Exception {
    for (var id = 20; id < 26; id++) {
      mirror
          .master()
          .execute("insert into t values (" + id + ", '" + (id % 2 == 0 ? "bad" : "good") + "')");
    }
    mirror.settle();

    assertThat(mirror.slave().rows("select id from t where id >= 20 order by id"))
        .containsExactly("21", "23", "25");
    assertThat(letters()).hasSize(3);
    assertThat(notes()).containsExactly("public.t|id=20|f", "public.t|id=22|f", "public.t|id=24|f");
  }

  @Test
  void aTruncateThatIsSetAsideIsNotedForTheWholeTable() throws Exception {
    mirror.master().execute("begin; truncate u; insert into t values (9, 'bad'); commit");
    mirror.settle();
    assertThat(notes()).containsExactly("public.t|id=9|f", "public.u||f");

    mirror.master().execute("select replica.copy('u')");
    mirror.settle();
    assertThat(notes()).containsExactly("public.t|id=9|f", "public.u||t");
  }

  @Test
  void conflictsAreSetAsideWhereTheyFail() throws Exception {
    mirror.sink("conflict.mode", "fail").restartSink(0);
    mirror.slave().execute("delete from t where id = 2");
    mirror
        .master()
        .execute("update t set v = 'c' where id = 2", "update t set v = 'd' where id = 1");
    mirror.settle();

    assertThat(mirror.slave().rows("select * from t order by id")).containsExactly("1|d");
    assertThat(notes()).containsExactly("public.t|id=2|f");
  }

  @Test
  void nothingIsPassedOverThatTheQueueDidNotTake() throws Exception {
    mirror.sinkTask(0).breakQueue();
    mirror.master().execute(REFUSED_TRANSACTION);
    assertThatThrownBy(mirror::settle)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("the dead letter queue did not take its records");
    assertThat(notes()).isEmpty();

    mirror.restartSink(0).settle();
    assertThat(letters()).hasSize(4);
    assertThat(notes()).hasSize(4);

    mirror.master().execute("update t set v = 'good' where v = 'bad'");
    mirror.master().execute("select replica.copy('t'), replica.copy('u')");
    mirror.settle().assertEqual();
  }

  @Test
  void rowsOfACopyStopTheSinkAllTheSame() throws Exception {
    mirror.pauseSink(0);
    mirror.master().execute("update t set v = 'bad' where id = 1", "select replica.copy('t')");
    mirror.settle();
    mirror.restartSink(0);

    assertThatThrownBy(mirror::applyAll).hasMessageContaining("Cannot apply a row to public.t");
  }

  @Test
  void withoutAQueueTheSinkStops() throws Exception {
    mirror.sink("errors.deadletterqueue.topic.name", "").restartSink(0);
    mirror.master().execute(REFUSED_TRANSACTION);

    assertThatThrownBy(mirror::settle).hasMessageContaining("Cannot apply a row to public.t");
  }
}
