package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.record.EventHeaders;
import io.kreplica.record.Operation;
import io.kreplica.stack.PostgresVersion;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Values around and beyond every boundary on their way, with records of 8 KB: what fits a record,
 * what comes with other rows, what is held whole, what is read and written in slices.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class LargeValuesIT {

  private static final int LIMIT = 8_192;

  /** Characters of one to four bytes, and all that JSON, record text or arrays escape. */
  private static final String MIXED =
      "E'a\"b\\\\c\\n\\t\\u0001\\u007f{,}(NULL)'||chr(39)||'é€🐎ž '";

  private static final String ALBUM =
      "create table album (id int primary key, title varchar, note text, photo bytea, n int)";

  private static final String EXACT =
      "create type pair as (a text, b text);"
          + "create table exact (id int, part text, data jsonb, raw json, tags text[], p pair,"
          + " pp pair[], primary key (id, part))";

  private final PostgresVersion version;

  LargeValuesIT(PostgresVersion version) {
    this.version = version;
  }

  private Mirror mirror(String... sink) throws Exception {
    return Mirror.on(version)
        .source("record.max.bytes", String.valueOf(LIMIT))
        .sink(sink)
        .onBoth(ALBUM, EXACT);
  }

  /**
   * Rows whose values have every length from a little below to a little above a boundary, and one
   * that is read in several slices, which lie at the same places whatever its end.
   */
  private static String[] rowsAroundBoundaries() {
    return new String[] {
      "create temporary table lengths as select row_number() over () as id, around + d as length"
          + " from (values (10), (2040), (4090), (6350), (8190), (16380), (40000)) b (around),"
          + " generate_series(-6, 6, 3) d union all select 36, 600003",
      "insert into album select id, 'x' || id, repeat('ab', length / 2), null, 1 from lengths",
      "insert into album select 1000 + id, null, left(repeat("
          + MIXED
          + ", length / 20 + 1), length), null, 2 from lengths",
      "insert into album select 2000 + id, '', null,"
          + " decode(left(repeat(md5(id::text), length / 32 + 1), length / 2 * 2), 'hex'), 3"
          + " from lengths",
      "insert into album select 3000 + id, left(repeat('€\"', length), length / 3),"
          + " left(repeat('\\', length), length / 2), convert_to(repeat('z', length), 'UTF8'), 4"
          + " from lengths"
    };
  }

  private static String[] exactRows() {
    var text = "left(repeat(" + MIXED + ", length / 20 + 1), length)";
    return new String[] {
      "insert into exact select id, 'json', to_jsonb(" + text + "), null from lengths",
      "insert into exact select id, 'raw', null,"
          + " ('{\"a\" : [1,  null, ' || to_json("
          + text
          + ") || '] , \"a\":2}')::json from lengths",
      "insert into exact select id, 'tags', null, 'null',"
          + " array["
          + text
          + ", null, 'NULL', '', "
          + text
          + "] from lengths",
      "insert into exact select id, 'pair', null, '\"x\"', '[5:6]={a,b}', row("
          + text
          + ", null)::pair from lengths",
      "insert into exact select id, 'pairs', '1', '2', '{}', row('', '')::pair,"
          + " array[row("
          + text
          + ", '\"')::pair, null] from lengths"
    };
  }

  @Test
  void valuesOfAnyLengthArriveIdentical() throws Exception {
    try (var mirror = mirror()) {
      mirror.track("album", "exact").settle();
      mirror.master().execute(rowsAroundBoundaries());
      mirror.master().execute(exactRows());

      mirror.settle().assertEqual();

      assertThat(parts(mirror)).isGreaterThan(1_000);
    }
  }

  @Test
  void valuesThatTheSinkCannotHoldArriveIdentical() throws Exception {
    try (var mirror = mirror("buffer.max.bytes", "20000").schemaless()) {
      mirror.track("album", "exact").settle();
      mirror.master().execute(rowsAroundBoundaries());
      mirror.master().execute(exactRows());

      mirror.settle().assertEqual();
    }
  }

  @Test
  void copiesBringRowsOfAnyLength() throws Exception {
    try (var mirror = mirror("buffer.max.bytes", "100000").source("snapshot.chunk.rows", "17")) {
      mirror.master().execute(rowsAroundBoundaries());
      mirror.master().execute(exactRows());
      mirror.track("album", "exact").settle().assertEqual();

      mirror.master().execute("select replica.copy('album')", "select replica.copy('exact')");
      mirror.settle().assertEqual();
    }
  }

  @Test
  void changesOfLargeRowsArriveIdentical() throws Exception {
    try (var mirror = mirror("buffer.max.bytes", "200000")) {
      mirror.track("album", "exact").settle();
      mirror.master().execute(rowsAroundBoundaries());
      mirror.master().execute(exactRows());
      mirror.settle();

      mirror
          .master()
          .execute(
              "update album set n = n + 1",
              "update album set note = title, title = note where id % 7 = 0",
              "update album set id = -id where id % 5 = 0",
              "delete from album where id % 3 = 0",
              "update exact set part = part || '!' where id % 2 = 0",
              "delete from exact where id % 3 = 0");
      mirror.settle().assertEqual();

      mirror.master().execute("delete from album", "delete from exact");
      mirror.settle().assertEqual();
    }
  }

  @Test
  void theLastOfManyStatesOfALargeRowWins() throws Exception {
    try (var mirror = mirror("buffer.max.bytes", "100000")) {
      mirror.track("album").settle();
      mirror
          .master()
          .execute(
              "insert into album select i, 'a', repeat('x', i * 10000), null, i"
                  + " from generate_series(1, 20) i");
      try (var session = mirror.master().connect()) {
        session.setAutoCommit(false);
        try (var statement = session.createStatement()) {
          for (var i = 1; i <= 10; i++) {
            statement.execute(
                "update album set note = repeat('" + i + "', (21 - id) * 2000 * (n % " + i + "))");
          }
          statement.execute("delete from album where id = 7");
          statement.execute("insert into album values (7, 'again', repeat('y', 100000))");
        }
        session.commit();
      }

      mirror.settle().assertEqual();
    }
  }

  @Test
  void uniqueValuesThatChangePlacesBetweenLargeRowsDoNotStandInTheWay() throws Exception {
    try (var mirror = mirror("buffer.max.bytes", "100000")) {
      mirror
          .onBoth("create table seat (id int primary key, u int unique, note text)")
          .track("seat")
          .settle();
      mirror
          .master()
          .execute(
              "insert into seat select i, i, repeat('x', i * 9000) from generate_series(1, 9) i");
      mirror.settle().assertEqual();

      mirror
          .master()
          .execute(
              "begin;"
                  + "update seat set u = -u;"
                  + "update seat set u = 10 + u, note = note || 'y';"
                  + "commit");
      mirror.settle().assertEqual();
    }
  }

  @Test
  void aSourceThatDiesAmongPartsSendsThemAgain() throws Exception {
    try (var mirror = mirror("buffer.max.bytes", "1000000").source("poll.rows", "1")) {
      mirror
          .master()
          .execute("insert into album select i, repeat('c', 50000) from generate_series(1, 2) i");
      mirror.track("album", "exact");
      for (var death = 1; death <= 6; death++) {
        dieAmongParts(mirror, death);
        mirror.restartSource();
      }
      mirror.settle().assertEqual();

      mirror
          .master()
          .execute("insert into album values (3, repeat('€', 20000), repeat('\"', 20000))");
      mirror.master().execute("insert into exact values (3, '', to_jsonb(repeat('\"', 50000)))");
      for (var death = 1; death <= 6; death++) {
        dieAmongParts(mirror, death);
        mirror.restartSource();
      }
      mirror.settle().assertEqual();
    }
  }

  @Test
  void aSinkThatDiesAmongPartsBeginsTheBatchAnew() throws Exception {
    for (var buffer : new String[] {"1", "1000000"}) {
      try (var mirror = mirror("buffer.max.bytes", buffer).source("poll.rows", "1")) {
        mirror.track("album").settle();
        mirror.master().execute("insert into album values (1, 'a', repeat('xyz', 30000))");
        for (var death = 1; death <= 3; death++) {
          dieAmongParts(mirror, death * 2);
          mirror.applyAll();
          mirror.restartSink(0);
        }
        mirror.settle().assertEqual();
      }
    }
  }

  /** Sends until so many parts in a row are the last that was sent. */
  private static void dieAmongParts(Mirror mirror, int count) throws InterruptedException {
    var inARow = 0;
    while (inARow < count) {
      var before = mirror.sent().size();
      mirror.pump();
      for (var record : mirror.sent().subList(before, mirror.sent().size())) {
        inARow = EventHeaders.operation(record.headers()) == Operation.PART ? inARow + 1 : 0;
      }
    }
  }

  @Test
  void rowsBeforeTheChangeAreCutToAQuarterOfARecord() throws Exception {
    try (var mirror = mirror()) {
      mirror.master().execute("select replica.track('album', old_image => true)");
      mirror.settle();
      mirror.master().execute("insert into album values (1, 'short', repeat('x', 100000))");
      mirror.master().execute("update album set note = 'y'");
      mirror.settle().assertEqual();

      var update =
          mirror.sent().stream()
              .filter(record -> EventHeaders.operation(record.headers()) == Operation.UPDATE)
              .findFirst()
              .orElseThrow();
      assertThat(update.headers().lastWithName(EventHeaders.OLD).value().toString())
          .contains("\"short\"")
          .doesNotContain("note");
    }
  }

  @Test
  void noMoreThanAFewMegabytesAreHandedToConnectAtATimeInPartsOf64KB() throws Exception {
    try (var mirror = mirror().source("record.max.bytes", "786432")) {
      mirror.track("album").settle();
      mirror.master().execute("insert into album values (1, 'a', repeat('abcd', 5000000))");

      var most = 0;
      while (mirror.slave().rows("select 1 from album").isEmpty()) {
        var before = mirror.sent().size();
        mirror.pump();
        var characters = 0;
        for (var record : mirror.sent().subList(before, mirror.sent().size())) {
          if (EventHeaders.operation(record.headers()) == Operation.PART) {
            var data = ((Struct) record.value()).getString("data");
            assertThat(data.length()).isLessThanOrEqualTo(64 * 1024);
            characters += data.length();
          }
        }
        most = Math.max(most, characters);
        mirror.applyAll();
      }

      assertThat(most).isBetween(1 << 20, 5 << 20);
      mirror.assertEqual();
    }
  }

  private static long parts(Mirror mirror) {
    return mirror.sent().stream()
        .filter(record -> EventHeaders.operation(record.headers()) == Operation.PART)
        .count();
  }
}
