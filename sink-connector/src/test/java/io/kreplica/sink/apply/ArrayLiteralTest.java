package io.kreplica.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrayLiteralTest {

  @Test
  void tellsNullFromItsWordAndFromTheEmptyText() {
    assertThat(new ArrayLiteral().add(null).add("NULL").add(""))
        .hasToString("{NULL,\"NULL\",\"\"}");
  }

  @Test
  void escapesWhatWouldEndAnElement() {
    assertThat(new ArrayLiteral().add("a\"b\\c,{d}")).hasToString("{\"a\\\"b\\\\c,{d}\"}");
  }

  @Test
  void isEmptyWithoutElements() {
    assertThat(new ArrayLiteral()).hasToString("{}");
  }
}
