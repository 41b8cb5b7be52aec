package io.kreplica.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.Mirror;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresVersion;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Under {@code type.mapping=connect} columns have Connect's types, and slaves the same values. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class ConnectMappingIT {

  private static final String COLUMNS =
      """
      create domain positive as integer check (value > 0);
      create table t (
          id integer primary key,
          f4 real,
          f8 double precision,
          n numeric(20,4),
          n_free numeric,
          b bytea,
          d date,
          t time,
          t_zone timetz,
          ts timestamp,
          tz timestamptz,
          i interval,
          u uuid,
          j json,
          dom positive,
          c "char",
          ints integer[],
          nums numeric(5,2)[],
          texts text[],
          bytes bytea[],
          stamps timestamptz[],
          dates date[],
          boxes box[],
          doms positive[]
      )
      """;

  private static final List<String> ROWS =
      List.of(
          "(1, '-0', 4.9e-324, -1234567890123456.7890, 1.10, '\\x00ff5c', '0044-03-15 BC',"
              + " '23:59:59.999', '12:00:00.123456+05:45', '0001-12-31 23:59:59.999 BC',"
              + " '294276-12-31 23:59:59.999+00', '-1 mon 00:00:00.1',"
              + " 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{\"a\":1, \"a\":2}', 7, 'x',"
              + " '{1,NULL,-2}', '{1.10,NULL}', array['a\"b', null, 'NULL', '', E'\\\\,{}\\n', 'é']::text[],"
              + " array['\\x00'::bytea, '\\x'], array['2020-01-02 03:04:05.678+05:45', null]::timestamptz[],"
              + " '{2020-01-02,0001-01-01 BC}', '{(1,1),(0,0);(2,2),(0,0)}', '{1,2}')",
          "(2, 3.4028235e38, 0.30000000000000004, 0, 1e100, '', '5874897-12-31', '00:00', '00:00+00',"
              + " '1969-12-31 23:59:59.001', '1969-12-31 23:59:59.001+00', '0', null, 'null', null, '',"
              + " '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
          "(3, null, null, null, null, null, null, null, null, null, null, null, null, null, null,"
              + " null, null, null, null, null, null, null, null, null)");

  private final PostgresVersion version;

  ConnectMappingIT(PostgresVersion version) {
    this.version = version;
  }

  private Mirror mirror() throws Exception {
    return Mirror.on(version).source("type.mapping", "connect", "snapshot.chunk.rows", "2");
  }

  @Test
  void columnsHaveConnectsTypes() throws Exception {
    try (var mirror = mirror()) {
      mirror.onBoth(COLUMNS);
      mirror.master().execute("insert into t values " + ROWS.get(0));
      mirror.track("t").settle();

      var types = new ArrayList<String>();
      for (var field : rows(mirror).get(0).valueSchema().fields()) {
        types.add(field.name() + " " + describe(field.schema()));
      }
      assertThat(types)
          .containsExactly(
              "id INT32 integer",
              "f4 FLOAT32 real",
              "f8 FLOAT64 double precision",
              "n Decimal numeric(20,4)",
              "n_free STRING numeric",
              "b BYTES bytea",
              "d Date date",
              "t Time time without time zone",
              "t_zone STRING time with time zone",
              "ts Timestamp timestamp without time zone",
              "tz Timestamp timestamp with time zone",
              "i STRING interval",
              "u STRING uuid",
              "j STRING json",
              "dom STRING public.positive",
              "c STRING \"char\"",
              "ints ARRAY of INT32 integer[]",
              "nums ARRAY of Decimal numeric(5,2)[]",
              "texts ARRAY of STRING text[]",
              "bytes ARRAY of BYTES bytea[]",
              "stamps ARRAY of Timestamp timestamp with time zone[]",
              "dates ARRAY of Date date[]",
              "boxes STRING box[]",
              "doms STRING public.positive[]");
    }
  }

  private static String describe(Schema schema) {
    var name =
        schema.name() == null ? schema.type().toString() : schema.name().replaceAll(".*\\.", "");
    return name
        + (schema.type() == Schema.Type.ARRAY
            ? " of " + describe(schema.valueSchema()).strip()
            : "")
        + " "
        + (schema.parameters() == null
            ? ""
            : schema.parameters().getOrDefault("postgres.type", ""));
  }

  private static List<SourceRecord> rows(Mirror mirror) {
    return TaskRun.data(mirror.sent()).stream().filter(r -> r.value() instanceof Struct).toList();
  }

  @Test
  void valuesThatConnectHoldsArriveIdenticalByCopyAndByChange() throws Exception {
    try (var mirror = mirror()) {
      mirror.onBoth(COLUMNS);
      mirror.master().execute("insert into t values " + String.join(", ", ROWS));
      mirror.track("t").settle().assertEqual();

      mirror
          .master()
          .execute(
              "set timezone = 'America/St_Johns'",
              "update t set ints = '{5}', id = id + 10",
              "delete from t where id = 13",
              "insert into t values " + String.join(", ", ROWS));
      mirror.settle().assertEqual();
    }
  }

  @Test
  void microsecondsAreCutOffTowardsThePastButNotInAKey() throws Exception {
    try (var mirror = mirror()) {
      mirror
          .onBoth(
              "create table t (k timestamptz, k3 timestamp(3), v timestamp, primary key (k, k3))")
          .track("t");
      mirror
          .master()
          .execute(
              "insert into t values ('2020-01-01 00:00:00.000001+00', '1969-12-31 23:59:59.999',"
                  + " '1969-12-31 23:59:59.9999')",
              "insert into t values ('2020-01-01 00:00:00.000002+00', '1969-12-31 23:59:59.999',"
                  + " '2020-01-01 00:00:00.000999')");
      mirror.settle();

      assertThat(mirror.slave().rows("select k at time zone 'UTC', k3, v from t order by k"))
          .containsExactly(
              "2020-01-01 00:00:00.000001|1969-12-31 23:59:59.999|1969-12-31 23:59:59.999",
              "2020-01-01 00:00:00.000002|1969-12-31 23:59:59.999|2020-01-01 00:00:00");
      assertThat(rows(mirror).get(0).keySchema().fields())
          .extracting(field -> field.schema().type())
          .containsExactly(Schema.Type.STRING, Schema.Type.INT64);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "real|NaN|not finite",
        "double precision|-Infinity|not finite",
        "numeric(5,2)|NaN|not finite",
        "date|infinity|infinite",
        "timestamp|-infinity|infinite",
        "timestamptz|infinity|infinite",
        "time|24:00:00|24:00:00",
        "int[]|[0:1]={1,2}|count from 1",
        "int[]|{{1,2},{3,4}}|several dimensions",
        "timestamptz[]|{infinity}|infinite"
      })
  void aValueThatConnectDoesNotHoldStopsTheSourceWithItsPlaceAndTheRemedy(
      String type, String value, String what) throws Exception {
    try (var mirror = mirror()) {
      mirror.onBoth("create table t (id int primary key, v " + type + ")").track("t").settle();
      mirror.master().execute("insert into t values (42, '" + value + "')");

      assertThatThrownBy(mirror::settle)
          .hasMessageContaining("public.t")
          .hasMessageContaining("column v")
          .hasMessageContaining("key id=42")
          .hasMessageContaining(what)
          .hasMessageContaining("type.mapping=exact");

      mirror.restartSource().source("type.mapping", "exact").settle().assertEqual();
    }
  }

  @Test
  void rowsOfAColumnThatWasRetypedTravelAsText() throws Exception {
    try (var mirror = mirror()) {
      mirror.onBoth("create table t (id int primary key, v text)").track("t").settle();
      mirror
          .master()
          .execute(
              "insert into t values (1, '2020-01-01')",
              "alter table t alter v type date using v::date",
              "update t set v = v + 1");
      mirror.slave().execute("alter table t alter v type date using v::date");
      mirror.settle().assertEqual();
    }
  }

  @Test
  void withoutSchemasTheSinkStopsInsteadOfTakingNumbersForDates() throws Exception {
    try (var mirror = mirror()) {
      mirror.schemaless().onBoth("create table t (id int primary key, v bytea)").track("t");
      mirror.master().execute("insert into t values (1, '\\x00')");

      assertThatThrownBy(mirror::settle)
          .hasMessageContaining("type.mapping=connect")
          .hasMessageContaining("schemas.enable=true");
    }
  }
}
