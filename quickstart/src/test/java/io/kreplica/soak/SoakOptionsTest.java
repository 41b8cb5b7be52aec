package io.kreplica.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SoakOptionsTest {

  @Test
  void drawsASeedUnlessTold() {
    assertThat(SoakOptions.parse(List.of(), 77))
        .isEqualTo(new SoakOptions(3, 77, 100, false, false, false));
  }

  @Test
  void takesAllThatTheUsageNames() {
    var options =
        SoakOptions.parse(
            List.of(
                "--minutes",
                "60",
                "--seed",
                "5",
                "--rate",
                "7",
                "--exactly-once",
                "--keep-files",
                "--help"),
            77);

    assertThat(options).isEqualTo(new SoakOptions(60, 5, 7, true, true, true));
  }

  @Test
  void refusesWhatItDoesNotKnowAndWhatIsNoNumber() {
    assertThatThrownBy(() -> SoakOptions.parse(List.of("--hours", "1"), 0))
        .hasMessage("Unknown option '--hours'");
    assertThatThrownBy(() -> SoakOptions.parse(List.of("--minutes", "0"), 0))
        .hasMessage("--minutes takes a whole number from 1 to 100000, not '0'");
    assertThatThrownBy(() -> SoakOptions.parse(List.of("--seed"), 0))
        .hasMessageContaining("--seed takes a whole number");
  }
}
