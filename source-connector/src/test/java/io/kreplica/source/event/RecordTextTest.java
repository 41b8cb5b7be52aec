package io.kreplica.source.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordTextTest {

  @Test
  void tellsNullFromTheEmptyText() {
    assertThat(RecordText.columns("(1,,\"\",)")).containsExactly("1", null, "", null);
  }

  @Test
  void readsQuotedCommasParenthesesQuotesAndBackslashes() {
    assertThat(RecordText.columns("(\"a,b\",\"(x)\",\"say \"\"hi\"\"\",\"back\\\\slash\")"))
        .containsExactly("a,b", "(x)", "say \"hi\"", "back\\slash");
  }

  @Test
  void keepsArraysWithTheirBounds() {
    assertThat(RecordText.columns("(1,\"[2:3]={1,\"\"NULL\"\"}\",0.1)"))
        .containsExactly("1", "[2:3]={1,\"NULL\"}", "0.1");
  }

  @Test
  void aRowOfOneNullColumnIsEmptyParentheses() {
    assertThat(RecordText.columns("()")).containsExactly((String) null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1,2", "(1", "(\"1)", "(1)2)"})
  void refusesWhatIsNotARow(String text) {
    assertThatThrownBy(() -> RecordText.columns(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
