package io.kreplica.sink.change;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TypeNameTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "integer",
        "numeric(10,2)",
        "numeric(3,-2)[]",
        "\"char\"",
        "character varying(20)",
        "character(5)",
        "bit varying(3)[]",
        "double precision",
        "time(3) without time zone",
        "timestamp with time zone[]",
        "interval day to second(3)",
        "interval(2)",
        "geometry(PointZ,4326)",
        "shop.\"Mood; drop table t\"[]",
        "größe.\"a\"\"b\"(7)"
      })
  void knowsWhatPostgresWritesAsATypesName(String text) {
    assertThat(TypeName.isOne(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "integer); drop table victim; --",
        "integer default 7",
        "integer primary key",
        "integer references victim",
        "integer generated always as identity",
        "text collate \"C\"",
        "text, evil text",
        "text--",
        "text/**/",
        "text check(id)",
        "numeric(10,2) not null",
        "a.b.c",
        "text'x'",
        "\"a\"b\"",
        "integer\n",
        "text[][]; select 1"
      })
  void takesNothingElseForOne(String text) {
    assertThat(TypeName.isOne(text)).isFalse();
  }
}
