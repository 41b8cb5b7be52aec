package io.kreplica.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.Mirror;
import io.kreplica.postgres.Identifiers;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Names that SQL allows and programs stumble over. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class OddNamesIT {

  /** Words that our own SQL, PL/pgSQL and records use, system functions, and reserved words. */
  private static final List<String> WORDS =
      List.of(
          "n",
          "c",
          "r",
          "o",
          "t",
          "k",
          "p",
          "s",
          "x",
          "a",
          "l",
          "old",
          "new",
          "row",
          "image",
          "seq",
          "op",
          "ts",
          "xid",
          "table_id",
          "_table",
          "_table_id",
          "_old",
          "_stack",
          "_moment",
          "_careful",
          "_rows",
          "changed_rows",
          "tg_op",
          "tg_argv",
          "tg_relid",
          "key",
          "keys",
          "stored",
          "bytes",
          "changed",
          "excluded",
          "c0",
          "c1",
          "replica",
          "to_json",
          "lastval",
          "current_setting",
          "select",
          "table",
          "order",
          "user",
          "default",
          "null",
          "true",
          "all",
          "references",
          "tableoid_",
          "value",
          "payload",
          "schema",
          "fields");

  private static final List<String> NAMES =
      List.of(
          "Upper",
          "two words",
          "do.t",
          "\"quoted\"",
          "it's",
          "back\\slash",
          "per%cent",
          "dollar$1",
          "[x]",
          "{\"json\":1}",
          "a,b",
          "(p)",
          "new\nline",
          "žluťoučký кůň 🐎",
          "question?",
          ":colon",
          "-- comment",
          "/* comment */",
          ";",
          " ",
          "x".repeat(63),
          "é".repeat(31));

  private final PostgresVersion version;
  private Mirror mirror;

  OddNamesIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createMirror() throws SQLException {
    mirror = Mirror.on(version);
  }

  @AfterEach
  void close() throws SQLException {
    mirror.close();
  }

  private void track(String table, String options) throws SQLException {
    mirror
        .master()
        .execute("select replica.track('" + table.replace("'", "''") + "'" + options + ")");
  }

  private void settle() throws Exception {
    mirror.settle();
    mirror.assertEqual();
  }

  @Test
  void columnsMayBeCalledLikeAnything() throws Exception {
    var columns = Stream.concat(WORDS.stream(), NAMES.stream()).map(Identifiers::quote).toList();
    var definition =
        columns.stream().map(column -> column + " text").collect(Collectors.joining(", "));
    for (var table : List.of("plain", "careful", "old_image")) {
      mirror.onBoth(
          "create table "
              + table
              + " (id int, "
              + definition
              + ", primary key (id, \"n\", \"new\"))");
    }
    mirror.onBoth(
        "create table parted (id int, "
            + definition
            + ", primary key (id, \"old\")) partition by list (id)",
        "create table parted_1 partition of parted default");
    track("plain", "");
    track("old_image", ", old_image => true");
    track("parted", "");
    mirror.onBoth(
        "alter table careful add foreign key (id, \"n\", \"new\") references plain on update cascade"
            + " on delete cascade");
    track("careful", "");
    var values =
        columns.stream()
            .map(column -> "'" + column.replace("'", "''") + "'")
            .collect(Collectors.joining(", "));
    for (var table : List.of("plain", "careful", "old_image", "parted")) {
      mirror
          .master()
          .execute("insert into " + table + " values (1, " + values + "), (2, " + values + ")");
    }
    settle();
    for (var table : List.of("old_image", "plain", "parted")) {
      mirror
          .master()
          .execute(
              "update " + table + " set id = id + 1, \"n\" = 'x', \"old\" = 'y' where id = 2",
              "update " + table + " set \"row\" = 'z', \" \" = null");
    }
    settle();
    mirror
        .master()
        .execute("truncate parted_1", "delete from plain where id = 3", "delete from old_image");
    settle();
    for (var table : List.of("careful", "old_image", "parted")) {
      mirror.master().execute("select replica.copy('" + table + "')");
    }
    settle();
  }

  @Test
  void tablesAndSchemasMayBeCalledLikeAnything() throws Exception {
    var names = Stream.concat(Stream.of("select", "Table", "replica_log"), NAMES.stream()).toList();
    for (var name : names) {
      var table = Identifiers.quote(name) + "." + Identifiers.quote(name);
      mirror.onBoth(
          "create schema " + Identifiers.quote(name),
          "create table " + table + " (id int primary key, v text)");
      track(table, name.length() % 2 == 0 ? ", old_image => true" : "");
      mirror.master().execute("insert into " + table + " values (1, 'a'), (2, 'b')");
    }
    settle();
    for (var name : names) {
      var table = Identifiers.quote(name) + "." + Identifiers.quote(name);
      mirror.master().execute("update " + table + " set id = id - 1, v = 'c'", "truncate " + table);
      mirror.master().execute("insert into " + table + " values (3, 'a')");
      mirror.master().execute("select replica.copy('" + table.replace("'", "''") + "')");
    }
    settle();
  }

  @Test
  void tablesOfOneNameInTwoSchemasAreTwo() throws Exception {
    mirror.onBoth("create schema one", "create schema two", "drop schema public");
    for (var schema : List.of("one", "two")) {
      mirror.onBoth("create table " + schema + ".t (id int primary key, v text)");
      track(schema + ".t", "");
      mirror.master().execute("insert into " + schema + ".t values (1, '" + schema + "')");
    }
    settle();
    mirror.master().execute("update one.t set v = 'changed'", "truncate two.t");
    settle();

    assertThat(mirror.slave().rows("select * from one.t")).containsExactly("1|changed");
  }
}
