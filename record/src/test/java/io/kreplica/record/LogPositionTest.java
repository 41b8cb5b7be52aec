package io.kreplica.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogPositionTest {

  @ParameterizedTest
  @ValueSource(strings = {"1:1:", "10:10:", "10:20:10,13,18", "4294967296:4294967299:4294967296"})
  void textFormSurvivesARoundTrip(String text) {
    assertThat(LogPosition.parse(text)).hasToString(text);
  }

  @Test
  void containsWhatHadEndedAndNothingElse() {
    var position = LogPosition.parse("10:20:10,13,18");

    assertThat(LongStream.range(8, 22).filter(position::contains))
        .containsExactly(8L, 9L, 11L, 12L, 14L, 15L, 16L, 17L, 19L);
  }

  @Test
  void positionsThatContainTheSameTransactionsAreEqual() {
    assertThat(LogPosition.parse("10:13:10,11,12")).isEqualTo(LogPosition.parse("10:10:"));
    assertThat(LogPosition.parse("10:13:10,12")).hasToString("10:12:10");
  }

  @Test
  void aLaterSnapshotContainsAnEarlierOneButNotTheOtherWayRound() {
    var earlier = LogPosition.parse("10:20:10,13,18");
    var later = LogPosition.parse("13:20:13,18");

    assertThat(later.containsAll(earlier)).isTrue();
    assertThat(earlier.containsAll(later)).isFalse();
    assertThat(later.isAfter(earlier)).isTrue();
    assertThat(later.isAfter(later)).isFalse();
  }

  @Test
  void everythingIsAfterTheBeginning() {
    assertThat(LogPosition.parse("3:3:").isAfter(LogPosition.BEGINNING)).isTrue();
    assertThat(LogPosition.BEGINNING.contains(1)).isFalse();
  }

  @Test
  void aWriterCanBeTakenOutOfItsOwnSnapshot() {
    assertThat(LogPosition.parse("10:20:10,18").withInProgress(13)).hasToString("10:20:10,13,18");
    assertThat(LogPosition.parse("10:20:10,18").withInProgress(25)).hasToString("10:20:10,18");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "10:9:", "10:20:20", "10:20:13,12", "10:20:a", "0:5:", "5:7:4"})
  void malformedTextIsNamed(String text) {
    assertThatThrownBy(() -> LogPosition.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void algebraAgreesWithSetsOfTransactions() {
    var seed = 20260101L;
    var random = new Random(seed);
    for (var i = 0; i < 5_000; i++) {
      var a = randomPosition(random);
      var b = randomPosition(random);
      var inA = transactionsIn(a);
      var inB = transactionsIn(b);
      var union = new HashSet<>(inA);
      union.addAll(inB);

      assertThat(a.containsAll(b))
          .as("seed %s: %s ⊇ %s", seed, a, b)
          .isEqualTo(inA.containsAll(inB));
      assertThat(transactionsIn(a.merge(b))).as("seed %s: %s ∪ %s", seed, a, b).isEqualTo(union);
      assertThat(LogPosition.parse(a.toString())).isEqualTo(a);
    }
  }

  private static LogPosition randomPosition(Random random) {
    var xmin = 1 + random.nextInt(10);
    var xmax = xmin + random.nextInt(10);
    var list = new StringBuilder();
    for (var xid = xmin; xid < xmax; xid++) {
      if (random.nextInt(3) == 0) {
        list.append(list.isEmpty() ? "" : ",").append(xid);
      }
    }
    return LogPosition.parse(xmin + ":" + xmax + ":" + list);
  }

  private static Set<Long> transactionsIn(LogPosition position) {
    var xids = new HashSet<Long>();
    LongStream.range(1, 25).filter(position::contains).forEach(xids::add);
    return xids;
  }
}
