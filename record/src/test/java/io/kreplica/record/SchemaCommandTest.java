package io.kreplica.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaCommandTest {

  @Test
  void readsWhatItWroteWithAndWithoutSchemas() {
    var command =
        new SchemaCommand("alter table t add column v text", "public", Map.of("TimeZone", "UTC"));

    assertThat(SchemaCommand.ofValue(command.toValue())).isEqualTo(command);
    assertThat(
            SchemaCommand.ofValue(
                Map.of(
                    "sql",
                    "alter table t add column v text",
                    "search_path",
                    "public",
                    "settings",
                    Map.of("TimeZone", "UTC"))))
        .isEqualTo(command);
  }

  @Test
  void aValueWithoutTheCommandIsRefusedWithTheRemedy() {
    assertThatThrownBy(() -> SchemaCommand.ofValue(Map.of("sql", "alter table t …")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("search_path")
        .hasMessageContaining("predicate");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "alter  table public.account add column c text default 'secret' | alter table public.account",
        "create table \"Big Order\" (id int) | create table \"Big",
        "/* secret */ drop table t | drop table t",
        "select 'secret' | select",
        "do $$ begin perform 'secret'; end $$ | do",
        "'secret' | a command"
      })
  void itsTagShowsNoLiteral(String sql, String tag) {
    assertThat(new SchemaCommand(sql, "public", Map.of()).tag()).isEqualTo(tag);
  }
}
