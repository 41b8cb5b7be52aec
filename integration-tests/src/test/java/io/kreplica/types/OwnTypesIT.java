package io.kreplica.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.Mirror;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresVersion;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Types that a database adds to PostgreSQL's own, and what names cannot carry. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class OwnTypesIT {

  private final PostgresVersion version;

  OwnTypesIT(PostgresVersion version) {
    this.version = version;
  }

  @Test
  void typesOfExtensionsArriveIdentical() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth("create schema ext");
      for (var extension : List.of("citext", "hstore", "ltree", "cube", "seg", "isn")) {
        mirror.onBoth("create extension " + extension + " schema ext");
      }
      mirror
          .onBoth(
              "create table t (id int primary key, c ext.citext, h ext.hstore, l ext.ltree,"
                  + " q ext.lquery, u ext.cube, s ext.seg, i ext.isbn13, a ext.hstore[])")
          .track("t")
          .settle();
      mirror
          .master()
          .execute(
              "set search_path = public, ext",
              "set extra_float_digits = -15",
              """
              insert into t values
                  (1, 'MiXed', '"a"=>"1", "b"=>NULL, "NULL"=>"NULL", ""=>"\\"\\\\,=>"', 'Top.a_1.B',
                   '*.a@*.!b{1,2}', '(0.1,0.30000000000000004),(-1e-310,1)', '1.50 .. 2.0', '9780393040029',
                   array['a=>1'::hstore, null, '']),
                  (2, '', '', '', '*', '(1)', '~6.50', '978-0-393-04002-8!', '{}'),
                  (3, null, null, null, null, null, '<1', null, null)
              """);
      mirror.settle().assertEqual();

      mirror.master().execute("update t set id = id + 10, h = h || 'x=>1'");
      mirror.settle().assertEqual();
    }
  }

  @Test
  void typesWhoseJsonLosesSomethingArriveIdentical() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth(
          "create type mood as enum ('ok', 'sad, or so', '\"glücklich\"', 'a''b', '')",
          "create type pair as (x int, y text)");
      mirror
          .master()
          .execute(
              "create function lossy(mood) returns json language sql as $$ select '\"mood\"'::json $$",
              "create function lossy(pair) returns json language sql as $$ select '{}'::json $$",
              "create function lossy_b(pair) returns jsonb language sql as $$ select '{}'::jsonb $$",
              "create cast (mood as json) with function lossy(mood) as implicit",
              "create cast (pair as json) with function lossy(pair)",
              "create cast (pair as jsonb) with function lossy_b(pair)");
      mirror.onBoth(
          "create domain strict_mood as mood check (value <> 'ok')",
          "create domain stricter as strict_mood not null",
          "create type deep as (m mood, p pair, ps pair[], s strict_mood)",
          "create table m (id int primary key, m mood)",
          "create table d (id int primary key, d stricter)",
          "create table p (k pair primary key, p pair)",
          "create table a (id int primary key, m mood[], p pair[][], s strict_mood[])",
          "create table c (id int primary key, c deep)");
      mirror.track("m", "d", "p", "a", "c").settle();
      mirror
          .master()
          .execute(
              "insert into m select row_number() over (), x from unnest(enum_range(null::mood)) x",
              "insert into m values (100, null)",
              "insert into d select row_number() over (), x from unnest(enum_range(null::mood)) x"
                  + " where x <> 'ok'",
              "insert into p values (row(1, null), null), (row(2, ''), row(null, null)),"
                  + " (row(null, E'(\"a\\\\,\\n)'), row(1, 'NULL'))",
              "insert into a values (1, '{ok,NULL,\"sad, or so\"}', array[array[row(1, '\"')::pair],"
                  + " array[null::pair]], '{\"\"}'), (2, '[0:1]={ok,ok}', '{}', null)",
              "insert into c values (1, row('', row(1, 'x'), array[row(null, '{}')::pair, null],"
                  + " 'a''b')), (2, row(null, null, null, null)), (3, null)");
      mirror.settle().assertEqual();

      mirror
          .master()
          .execute(
              "update m set m = 'sad, or so' where m = ''",
              "update p set k = row((k).x, 'changed')",
              "delete from p where (k).x = 1",
              "update c set c.p = row(5, null) where id = 1");
      mirror.settle().assertEqual();
    }
  }

  @Test
  void rangesOfOwnTypesArriveIdentical() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .onBoth(
              "create type textrange as range (subtype = text, collation = \"C\")",
              "create domain span as textrange",
              "create table t (r textrange primary key, s span, a textrange[])")
          .track("t")
          .settle();
      mirror
          .master()
          .execute(
              "insert into t values (textrange(E'a,\"\\\\', E'b]\")\\n'), 'empty', '{\"(,)\",NULL}'),"
                  + " ('(\"\",)', '[\" \",NULL)', '{}'), ('empty', null, null)",
              "update t set r = '[é,🙂)' where isempty(r)");
      mirror.settle().assertEqual();
    }
  }

  @Test
  void aColumnsExactTypeIsWithItsField() throws Exception {
    var types = new ArrayList<String>();
    try (var mirror = Mirror.on(version);
        var session = mirror.master().connect()) {
      for (var type : BaseType.all(session)) {
        types.add(type.sql());
        types.add(type.sql() + "[]");
      }
      types.addAll(
          List.of(
              "numeric(10,2)",
              "numeric(10)[]",
              "varchar(7)",
              "char(3)",
              "bit(4)",
              "varbit(9)[]",
              "timestamp(2)",
              "timestamptz(0)[]",
              "time(1)",
              "timetz(3)",
              "interval(3)",
              "interval day to second(2)",
              "interval year[]",
              "float(10)",
              "hostile.\"A type.\"",
              "hostile.\"A type.\"[]",
              "other.bool",
              "other.\"Mood\"",
              "other.\"Mood\"[]",
              "other.bool[]"));
      mirror.onBoth(
          TypeTables.resource("objects.sql"),
          "create schema other",
          "create domain other.bool as text",
          "create type other.\"Mood\" as enum ('t', 'f')");
      var values = HostileValues.of(session.getMetaData().getDatabaseMajorVersion());
      types.removeIf(
          type -> {
            var name = type.replaceAll("pg_catalog\\.\"(.*)\"(\\[])?", "$1");
            return !name.equals(type) && values.isUnreadable(name);
          });
      var columns = new StringBuilder("create table t (id int primary key");
      for (var i = 0; i < types.size(); i++) {
        columns.append(", c").append(i).append(' ').append(types.get(i));
      }
      mirror.onBoth(columns.append(", last other.bool)").toString()).track("t");
      mirror.master().execute("insert into t (id, last) values (1, 't')");
      mirror.settle().assertEqual();

      var row = TaskRun.data(mirror.sent()).get(0);
      var differing = new ArrayList<String>();
      for (var i = 0; i < types.size(); i++) {
        var type = row.valueSchema().field("c" + i).schema().parameters().get("postgres.type");
        var isSame =
            mirror
                .slave()
                .rows(
                    "select exists (select from pg_attribute where attrelid = 't'::regclass and"
                        + " attname = 'c"
                        + i
                        + "' and format_type(atttypid, atttypmod) = '"
                        + type.replace("'", "''")
                        + "') or '"
                        + type.replace("'", "''")
                        + "' ~ '^(hostile|other)[.]'");
        var cast = "create temporary table x (v " + type + "); drop table x";
        mirror.slave().execute(cast);
        if (!isSame.equals(List.of("t"))) {
          differing.add(types.get(i) + " is called " + type);
        }
      }
      assertThat(differing).isEmpty();
      assertThat(row.valueSchema().field("last").schema().parameters())
          .containsEntry("postgres.type", "other.bool");
      assertThat(((Struct) row.value()).get("last")).isEqualTo("t");
    }
  }

  @Test
  void aNameThatTheSlaveDoesNotKnowStopsTheSinkAtItsColumn() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth("create table t (id int primary key, a text, r regclass)").track("t").settle();
      mirror
          .master()
          .execute(
              "create table \"Only here\" (id int)",
              "insert into t values (7, 'x', '\"Only here\"')");

      assertThatThrownBy(mirror::settle)
          .hasMessageContaining("key id=7")
          .hasMessageContaining("column r")
          .hasMessageContaining("public.Only here");

      mirror.slave().execute("create table \"Only here\" (id int)");
      mirror.restartSink(0).settle().assertEqual();
    }
  }

  @Test
  void aNameOfSeveralFunctionsStopsTheSinkAtItsColumn() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth("create table t (id int primary key, f regproc)").track("t").settle();
      mirror.master().execute("insert into t values (7, 'upper(text)'::regprocedure::oid)");

      assertThatThrownBy(mirror::settle)
          .hasMessageContaining("column f")
          .hasMessageContaining("more than one function");
    }
  }

  @Test
  void ofXmlTheEncodingInItsDeclarationIsNotKeptAsInADump() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth("create table t (id int primary key, x xml)").track("t").settle();
      mirror
          .master()
          .execute(
              "insert into t values (1, '<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>ü</a>')");
      mirror.settle().assertEqual();

      assertThat(mirror.slave().rows("select x::text from t")).containsExactly("<a>ü</a>");
    }
  }
}
