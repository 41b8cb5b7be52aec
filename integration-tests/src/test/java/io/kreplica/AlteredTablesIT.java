package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.record.EventHeaders;
import io.kreplica.stack.PostgresVersion;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.MaskField;
import org.apache.kafka.connect.transforms.ReplaceField;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables whose records a transform drops or changes on the way are left out of verification. */
class AlteredTablesIT {

  private static UnaryOperator<SinkRecord> onlyOf(
      String table, UnaryOperator<SinkRecord> transform) {
    return record -> {
      var header = record.headers().lastWithName(EventHeaders.TABLE);
      var isRow =
          record.key() != null || (record.value() instanceof Struct value && isTruncate(value));
      return isRow && header.value().equals(table) ? transform.apply(record) : record;
    };
  }

  private static boolean isTruncate(Struct value) {
    return value.schema().name().equals("io.kreplica.Truncate");
  }

  private static <T extends Transformation<SinkRecord>> UnaryOperator<SinkRecord> of(
      T transform, Map<String, ?> settings) {
    transform.configure(settings);
    return record -> record.value() == null ? record : transform.apply(record);
  }

  private static UnaryOperator<SinkRecord> transform(String kind) {
    return switch (kind) {
      case "filter" -> record -> ((Struct) record.key()).get("id").equals(3) ? null : record;
      case "mask" -> of(new MaskField.Value<>(), Map.of("fields", "v"));
      case "drop a column" -> of(new ReplaceField.Value<>(), Map.of("exclude", "v"));
      case "drop a delete" -> record -> record.value() == null ? null : record;
      case "drop a truncate" -> record -> record.key() == null ? null : record;
      default -> throw new AssertionError(kind);
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "filter; insert into t values (3, 'c'); dropped on the way here: of 1 in batch",
        "mask; update t set v = 'd' where id = 1; changed on the way here",
        "drop a column; update t set v = 'd'; changed on the way here",
        "drop a delete; delete from t where id = 1; dropped on the way here: of 1 in batch",
        "drop a truncate; truncate t; dropped on the way here: of 1 in batch",
      })
  void aTableThatATransformAltersIsLeftOutUntilItIsCopiedWithoutIt(
      String kind, String change, String why) throws Exception {
    try (var mirror = Mirror.on(PostgresVersion.NEWEST)) {
      mirror
          .onBoth(
              "create table t (id int primary key, v text)",
              "create table other (id int primary key, v text)")
          .master()
          .execute("insert into t values (1, 'a'), (2, null)", "insert into other values (1, 'a')");
      mirror.track("t", "other").settle();
      mirror.transforming(onlyOf("public.t", transform(kind)));
      // In one batch, so that it is compared before its end tells
      mirror.master().execute(change, "insert into other values (2)");
      mirror.master().execute("select replica.verify(c) from unnest('{t,other}'::regclass[]) c");
      mirror.settle();

      assertThat(Verdicts.of(mirror.slave(), "public.t"))
          .startsWith("left out: its records are " + why);
      assertThat(Verdicts.differences(mirror.slave())).isEmpty();
      assertThat(Verdicts.of(mirror.slave(), "public.other")).isEqualTo("equal");

      // Nobody forgets it, and nothing is compared
      mirror.restartSource().restartSink(0);
      mirror.transforming(UnaryOperator.identity());
      mirror.master().execute("select replica.verify('t')");
      mirror.settle();
      assertThat(Verdicts.of(mirror.slave(), "public.t")).startsWith("left out: ");

      mirror.master().execute("select replica.copy('t')");
      mirror.settle();
      mirror.master().execute("select replica.verify('t')");
      mirror.settle();
      assertThat(Verdicts.of(mirror.slave(), "public.t")).isEqualTo("equal");
    }
  }

  @Test
  void valuesOfConnectsTypesArriveAsTheyWereSent() throws Exception {
    try (var mirror = Mirror.on(PostgresVersion.NEWEST)) {
      mirror
          .source("type.mapping", "connect")
          .onBoth(
              "create table t (id smallint primary key, r real, f float8, n numeric(10,3),"
                  + " free numeric, b bytea, d date, ts timestamp(3), l boolean, a int[],"
                  + " na numeric(8,2)[], ba bytea[], fa real[], big bigint)")
          .master()
          .execute(
              "insert into t select i, 0.1 * i, 1e-7 / i, i / 8.0, i / 3.0, sha256(i::text::bytea),"
                  + " date '1900-01-01' + i, timestamp '2000-01-01' + i * interval '11 s', i % 2 = 0,"
                  + " array[i, null], array[i / 4.0, null], array[i::text::bytea], array[i / 3.0],"
                  + " 9007199254740993 - i from generate_series(-3, 5) i where i <> 0",
              "insert into t (id) values (0)");
      mirror.track("t").settle();
      mirror.master().execute("update t set f = -0.0, n = 10.500", "delete from t where id = 3");
      mirror.settle();

      assertThat(mirror.slave().rows("select source_table, altered from replica.slave_table"))
          .containsExactly("public.t|null");
    }
  }

  @Test
  void aCopyThatIsFilteredIsSeenToo() throws Exception {
    try (var mirror = Mirror.on(PostgresVersion.OLDEST)) {
      mirror
          .onBoth("create table t (id int primary key, v text)")
          .master()
          .execute("insert into t select i, 'v' from generate_series(1, 9) i");
      mirror.transforming(onlyOf("public.t", transform("filter"))).track("t").settle();
      mirror.master().execute("select replica.verify('t')");
      mirror.settle();

      assertThat(Verdicts.of(mirror.slave(), "public.t"))
          .startsWith("left out: its records are dropped on the way here: of 9 in batch");
    }
  }

  @Test
  void whatIsFilteredWholeAndIsNotHereIsNoMatterOfTheSlaves() throws Exception {
    try (var mirror = Mirror.on(PostgresVersion.OLDEST)) {
      mirror.master().execute("create table t (id int primary key)");
      mirror.source("snapshot.mode", "never");
      mirror.transforming(
          record -> record.headers().lastWithName(EventHeaders.TABLE) == null ? record : null);
      mirror
          .master()
          .execute("select replica.track('t', copy => false)", "insert into t values (2)");
      mirror.settle();

      assertThat(mirror.slave().rows("select source_table from replica.verification")).isEmpty();
    }
  }
}
