package io.kreplica.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {

  @Test
  void takesTwentySecondsUnlessTold() {
    assertThat(Options.parse(List.of())).isEqualTo(new Options(20, 500, false, false, false));
  }

  @Test
  void takesAllThatTheUsageNames() {
    var options =
        Options.parse(List.of("--seconds", "5", "--rate", "0", "--keep", "--keep-files", "--help"));

    assertThat(options).isEqualTo(new Options(5, 0, true, true, true));
  }

  @Test
  void refusesAnUnknownOption() {
    assertThatThrownBy(() -> Options.parse(List.of("--sceonds", "5")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Unknown option '--sceonds'");
  }

  @Test
  void refusesWhatIsNoNumberAndWhatIsMissing() {
    assertThatThrownBy(() -> Options.parse(List.of("--seconds", "soon")))
        .hasMessage("--seconds takes a whole number from 1 on, not 'soon'");
    assertThatThrownBy(() -> Options.parse(List.of("--seconds", "0")))
        .hasMessage("--seconds takes a whole number from 1 on, not '0'");
    assertThatThrownBy(() -> Options.parse(List.of("--rate")))
        .hasMessage("--rate takes a whole number from 0 on, not ''");
  }
}
