package io.kreplica.source.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class RowJsonTest {

  private final RowJson json = new RowJson();

  @Test
  void numbersKeepTheTextTheyWereWrittenIn() {
    json.read("{\"a\":1.50,\"b\":12345678901234567890.123456789012345678901,\"c\":-0,\"d\":1e400}");

    assertThat(json.names()).containsExactly("a", "b", "c", "d");
    assertThat(json.values())
        .containsExactly("1.50", "12345678901234567890.123456789012345678901", "-0", "1e400");
  }

  @Test
  void nestedValuesKeepTheirSpacingAndOrder() {
    json.read("{\"id\":1,\"doc\":{\"b\": 1,  \"a\":[1, 2],\"a\":3},\"tail\":true}");

    assertThat(json.values()).containsExactly("1", "{\"b\": 1,  \"a\":[1, 2],\"a\":3}", "true");
  }

  @Test
  void textIsUnescapedAndNullStaysNull() {
    json.read("{\"t\":\"a\\\"\\n\\u00e9\\ud83d\\ude00\",\"n\":null,\"e\":\"\"}");

    assertThat(json.values()).containsExactly("a\"\né😀", null, "");
  }

  @Test
  void anErrorNeverShowsTheRow() {
    assertThatThrownBy(() -> json.read("{\"card\": 4111111111111111 secret}"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("4111");
  }
}
