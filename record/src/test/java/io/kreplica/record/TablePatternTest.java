package io.kreplica.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TablePatternTest {

  @Test
  void anAsteriskStandsForAnyCharactersOfOnePart() {
    var pattern = TablePattern.parse("shop.order_*");

    assertThat(pattern.matches(new TableName("shop", "order_2026"))).isTrue();
    assertThat(pattern.matches(new TableName("shop", "orders"))).isFalse();
    assertThat(pattern.matches(new TableName("shop2", "order_2026"))).isFalse();
    assertThat(pattern.isExact()).isFalse();
  }

  @Test
  void otherCharactersStandForThemselves() {
    var pattern = TablePattern.parse("public.\"a.b+c\"");

    assertThat(pattern.matches(new TableName("public", "a.b+c"))).isTrue();
    assertThat(pattern.matches(new TableName("public", "aXbbc"))).isFalse();
    assertThat(pattern.isExact()).isTrue();
  }

  @Test
  void aPatternWithoutSchemaIsNamed() {
    assertThatThrownBy(() -> TablePattern.parse("account"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'account'")
        .hasMessageContaining("schema.table");
  }
}
