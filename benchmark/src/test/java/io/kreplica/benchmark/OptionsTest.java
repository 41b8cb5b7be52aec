package io.kreplica.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {

  @Test
  void measuresNobodyElseUnlessAsked() {
    var options = Options.parse(List.of("--quick"));

    assertThat(options.has(Contender.KREPLICA)).isTrue();
    assertThat(options.peers()).isEmpty();
  }

  @Test
  void takesPeersOneByOne() {
    var options = Options.parse(List.of("--peers=native", "bulk"));

    assertThat(options.has(Contender.NATIVE)).isTrue();
    assertThat(options.peers()).containsExactly("native");
    assertThat(options.wanted()).containsExactly("bulk");
  }

  @Test
  void scalesSizesButNeverToNothing() {
    var options = Options.parse(List.of("--scale", "0.01", "--rounds", "3"));

    assertThat(options.scaled(200_000)).isEqualTo(2_000);
    assertThat(options.scaled(3)).isEqualTo(1);
    assertThat(options.rounds()).isEqualTo(3);
  }

  @Test
  void namesWhatItDoesNotKnow() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.parse(List.of("--peers=slow")))
        .withMessageStartingWith("Unknown peer 'slow'. There are native, debezium, pgq, slony");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.parse(List.of("--fast")))
        .withMessage("Unknown option '--fast'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.parse(List.of("--rounds", "none")))
        .withMessageContaining("not 'none'");
  }
}
