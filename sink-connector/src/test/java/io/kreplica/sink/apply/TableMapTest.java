package io.kreplica.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.record.TableName;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableMapTest {

  private static TableMap parse(String text) {
    return TableMap.parse("table.map", text);
  }

  @Test
  void leadsToTheNamedTableAndElseToTheOneOfTheSameName() {
    var map = parse(" public.a : crm.b ,public.c:public.d");

    assertThat(map.target(TableName.parse("public.a"))).hasToString("crm.b");
    assertThat(map.target(TableName.parse("public.c"))).hasToString("public.d");
    assertThat(map.target(TableName.parse("public.x"))).hasToString("public.x");
  }

  @Test
  void takesQuotedNames() {
    var map = parse("public.\"a:b\":\"My, Schema\".\"T.1\"");

    assertThat(map.target(new TableName("public", "a:b")))
        .isEqualTo(new TableName("My, Schema", "T.1"));
  }

  @Test
  void isEmptyByDefault() {
    assertThat(parse("").targets()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "public.a                            | not of the form",
        "a:b                                 | not of the form",
        "public.a:public.b, public.a:public.c| stands in it twice",
        "public.a:public.c, public.b:public.c| lead to one"
      })
  void namesWhatIsWrong(String text, String message) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("table.map")
        .hasMessageContaining(message);
  }
}
