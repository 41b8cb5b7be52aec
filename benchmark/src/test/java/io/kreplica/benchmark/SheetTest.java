package io.kreplica.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SheetTest {

  @Test
  void putsKReplicasShareBesideEachPeersFigure() {
    var sheet =
        new Sheet(
            List.of(
                findings("KReplica", rate(50).aim("more")),
                findings("native", rate(100)),
                findings("Debezium", rate(10))));

    assertThat(sheet.toString().lines().toList().get(1).replaceAll(" +", " "))
        .isEqualTo(" bulk, row changes/s 50 100 0.50 10 5.00 (aim: more)");
  }

  @Test
  void showsOneAloneWithoutHeadOrRatio() {
    var sheet = new Sheet(List.of(findings("KReplica", rate(50))));

    assertThat(sheet.toString().replaceAll(" +", " ")).isEqualTo(" bulk, row changes/s 50\n");
  }

  @Test
  void saysWhoFailed() {
    var sheet =
        new Sheet(List.of(new Findings("KReplica", List.of()), findings("native", rate(9))));

    assertThat(sheet.toString().lines().toList().get(1)).contains("failed", "9");
  }

  @Test
  void takesTheMiddleOfSeveralRounds() {
    var rounds = List.of(round(5, "equal"), round(90, "DIFFERENT"), round(7, "equal"));

    var figures = Findings.median("KReplica", rounds).figures();

    assertThat(figures).extracting(Figure::text).containsExactly("7", "equal, DIFFERENT");
  }

  private static List<Figure> round(long changes, String verdict) {
    return List.of(rate(changes), Figure.of("master and slave", verdict));
  }

  private static Figure rate(long changes) {
    return Figure.rate("bulk", changes, 1_000_000_000);
  }

  private static Findings findings(String who, Figure figure) {
    return new Findings(who, List.of(figure));
  }
}
