package io.kreplica.sink.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.record.LogPosition;
import io.kreplica.record.Marker;
import io.kreplica.sink.assemble.BatchAssembler.Step;
import io.kreplica.sink.change.Change;
import io.kreplica.sink.position.Position;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class BatchAssemblerTest {

  private final Records topic = new Records();
  private final BatchAssembler assembler = new BatchAssembler("berlin");

  private void appliedUpTo(String snapshot) {
    assembler.startAt(
        Optional.of(new Position("log-a", LogPosition.parse(snapshot), 1, "1-9", 100)));
  }

  private Step add(SinkRecord... records) {
    var step = Step.SKIPPED;
    for (var record : records) {
      step = assembler.add(record);
    }
    return step;
  }

  /** The ids of the rows that are complete, in order; other changes by their kind. */
  private List<String> complete() {
    return assembler.takeComplete().map(BatchAssemblerTest::ids).orElse(List.of());
  }

  private static List<String> ids(Work work) {
    return work.changes().stream()
        .map(
            change ->
                change instanceof Change.Row row
                    ? row.values().get(row.shape().columns().indexOf("id"))
                    : change.getClass().getSimpleName())
        .toList();
  }

  @Test
  void holdsRowsUntilTheCommitMarkerArrives() {
    add(topic.begin("1-1", "1:1:", "5:5:"), topic.insert(3, 1));
    assertThat(assembler.takeComplete()).isEmpty();
    assertThat(assembler.isHolding()).isTrue();

    add(topic.commit());

    assertThat(complete()).containsExactly("1");
    assertThat(assembler.isHolding()).isFalse();
  }

  @Test
  void leadsToThePositionAndOffsetOfTheCommitMarker() {
    add(topic.begin("1-1", "1:1:", "5:5:"), topic.insert(3, 1), topic.commit());
    add(topic.begin("1-2", "5:5:", "6:6:"), topic.commit());

    var work = assembler.takeComplete().orElseThrow();

    assertThat(work.from()).isEqualTo(LogPosition.BEGINNING);
    assertThat(work.end()).contains(new Position("log-a", LogPosition.parse("6:6:"), 1, "1-2", 4));
  }

  @Test
  void movesOnThoughEveryRowOfABatchWasFiltered() {
    appliedUpTo("5:5:");
    add(topic.begin("1-10", "5:5:", "6:6:"), topic.commit());

    assertThat(assembler.takeComplete().orElseThrow().isComplete()).isTrue();
  }

  @Test
  void skipsABatchThatIsApplied() {
    appliedUpTo("5:5:");

    add(topic.begin("1-9", "1:1:", "5:5:"), topic.insert(3, 1));
    assertThat(assembler.isHolding()).isFalse();
    add(topic.commit());

    assertThat(assembler.takeComplete()).isEmpty();
  }

  @Test
  void takesOfAnOverlappingBatchOnlyWhatIsNotApplied() {
    appliedUpTo("5:5:");

    add(topic.begin("2-1", "3:3:", "8:8:"), topic.insert(4, 1), topic.insert(6, 2), topic.commit());

    assertThat(complete()).containsExactly("2");
  }

  @Test
  void goesOnWithABatchThatANewEpochResumes() {
    add(topic.begin("1-1", "1:1:", "5:5:"), topic.insert(3, 1), topic.insert(3, 2));
    topic.inEpoch(2);
    add(topic.resume(1), topic.insert(3, 2), topic.insert(3, 3), topic.commit());

    assertThat(complete()).containsExactly("1", "2", "3");
  }

  @Test
  void goesOnThoughTheRowsBeforeTheResumedOnesWereFiltered() {
    appliedUpTo("5:5:");
    add(topic.begin("1-10", "5:5:", "8:8:"));
    topic.inEpoch(2);

    add(topic.resume(7), topic.insert(6, 8), topic.commit());

    assertThat(complete()).containsExactly("8");
  }

  @Test
  void ignoresWhatTheProducerSendsAgainFromTheMiddleOfABatchToTheMiddleOfTheNext() {
    var begin = topic.begin("1-1", "1:1:", "5:5:");
    var first = topic.insert(3, 1);
    var second = topic.insert(3, 2);
    var commit = topic.commit();
    var next = topic.begin("1-2", "5:5:", "8:8:");
    var third = topic.insert(6, 3);

    add(begin, first, second, commit, next, third);
    add(second, commit, next, third);
    add(begin, first, second, commit, next, third);
    add(topic.insert(6, 4), topic.commit());

    assertThat(complete()).containsExactly("1", "2", "3", "4");
  }

  @Test
  void ignoresARowOfACopyThatTheProducerSendsAgainBehindItsBatch() {
    topic.begin("1-1", "1:1:", "5:5:");
    var copied = topic.copied(1);
    appliedUpTo("5:5:");

    add(topic.begin("1-2", "5:5:", "8:8:"), topic.insert(6, 2), copied, topic.commit());

    assertThat(complete()).containsExactly("2");
  }

  @Test
  void ignoresRecordsOfADeadSource() {
    add(topic.begin("1-1", "1:1:", "5:5:"), topic.insert(3, 1));
    topic.inEpoch(2);
    add(topic.resume(1));
    topic.inEpoch(1);
    assertThat(add(topic.insert(3, 99))).isEqualTo(Step.SKIPPED);
    assertThat(add(topic.commit())).isEqualTo(Step.SKIPPED);
    topic.inEpoch(2);
    add(topic.resume(1), topic.insert(3, 2), topic.commit());

    assertThat(complete()).containsExactly("1", "2");
  }

  @Test
  void ignoresEpochsBelowThatOfTheLastAppliedBatch() {
    assembler.startAt(Optional.of(new Position("log-a", LogPosition.parse("5:5:"), 3, "3-1", 100)));

    assertThat(add(topic.begin("1-7", "8:8:", "9:9:"))).isEqualTo(Step.SKIPPED);
  }

  @Test
  void abandonsABatchThatANewEpochDoesNotResume() {
    add(topic.begin("1-1", "1:1:", "5:5:"), topic.insert(3, 1));
    topic.inEpoch(2);
    add(topic.begin("2-1", "1:1:", "6:6:"), topic.insert(3, 2), topic.commit());

    assertThat(complete()).containsExactly("2");
  }

  @Test
  void saysSoWhenAPartOfAnAbandonedBatchWasHandedOut() {
    add(topic.begin("1-1", "1:1:", "5:5:"), topic.insert(3, 1));
    assertThat(assembler.takePart().orElseThrow().isComplete()).isFalse();
    topic.inEpoch(2);

    assertThat(add(topic.begin("2-1", "1:1:", "6:6:"))).isEqualTo(Step.ABANDONED);
  }

  @Test
  void stopsWhereACommitMarkerWasDropped() {
    add(topic.begin("1-1", "1:1:", "5:5:"), topic.insert(3, 1));

    assertThatThrownBy(() -> add(topic.begin("1-2", "5:5:", "6:6:")))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("topic-0 offset 2")
        .hasMessageContaining("the commit marker of batch 1-1 is missing")
        .hasMessageContaining("predicate");
  }

  @Test
  void stopsWhereABeginMarkerWasDropped() {
    appliedUpTo("5:5:");
    topic.begin("1-10", "5:5:", "8:8:");

    assertThatThrownBy(() -> add(topic.insert(6, 1)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("transaction 6 in batch 1-10")
        .hasMessageContaining("stands at 5:5:");
  }

  @Test
  void stopsAtABatchThatBeginsBehindTheAppliedPosition() {
    appliedUpTo("5:5:");

    assertThatThrownBy(() -> add(topic.begin("1-11", "8:8:", "9:9:")))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("from 8:8: to 9:9:")
        .hasMessageContaining("stands at 5:5:")
        .hasMessageContaining("replica.copy()");
  }

  @Test
  void stopsAtAResumedBatchWhoseBeginningIsGone() {
    appliedUpTo("5:5:");
    topic.begin("1-10", "5:5:", "8:8:");
    topic.inEpoch(2);

    assertThatThrownBy(() -> add(topic.resume(4)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("resumed after record 4");
  }

  @Test
  void stopsAtACommitMarkerOfABatchThatWasNeverSeen() {
    appliedUpTo("5:5:");
    topic.begin("1-10", "5:5:", "8:8:");

    assertThatThrownBy(() -> add(topic.commit())).hasMessageContaining("batch 1-10");
  }

  @Test
  void skipsTheEndOfABatchThatIsApplied() {
    appliedUpTo("5:5:");
    topic.begin("1-9", "1:1:", "5:5:");

    assertThat(add(topic.insert(3, 1), topic.copied(2), topic.commit())).isEqualTo(Step.SKIPPED);
  }

  @Test
  void aLateJoinerSkipsToTheNextBeginning() {
    topic.begin("1-1", "1:1:", "5:5:");
    add(topic.insert(3, 1), topic.commit());
    topic.begin("1-2", "5:5:", "6:6:");
    topic.inEpoch(2);
    add(topic.resume(1), topic.insert(5, 2), topic.commit());
    assertThat(assembler.isHolding()).isFalse();

    add(topic.begin("2-1", "6:6:", "7:7:"), topic.insert(6, 3), topic.commit());

    var work = assembler.takeComplete().orElseThrow();
    assertThat(ids(work)).containsExactly("3");
    assertThat(work.from()).hasToString("6:6:");
  }

  @Test
  void stopsAtAnotherLog() {
    appliedUpTo("5:5:");
    topic.ofLog("log-b");

    assertThatThrownBy(() -> add(topic.begin("1-1", "1:1:", "5:5:")))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("'log-b'")
        .hasMessageContaining("'log-a'");
  }

  @Test
  void stopsAtARecordThatIsNotKReplicas() {
    assertThatThrownBy(() -> add(topic.foreign()))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("topic-0 offset 0")
        .hasMessageContaining("replica.op");
  }

  @Test
  void emptiesATableOnceBeforeTheFirstRowOfItsCopy() {
    topic.copying(new Marker.Copy(7, Records.ACCOUNT, Optional.empty(), true, true));

    add(topic.begin("1-1", "1:1:", "5:5:"), topic.insert(3, 1));
    add(topic.copied(2), topic.copied(3), topic.commit());

    assertThat(complete()).containsExactly("1", "CopyBegun", "2", "3", "CopyEnded");
  }

  @Test
  void emptiesATableWhoseCopyHasNoRows() {
    topic.copying(new Marker.Copy(7, Records.ACCOUNT, Optional.empty(), true, true));

    add(topic.begin("1-1", "1:1:", "5:5:"), topic.commit());

    assertThat(complete()).containsExactly("CopyBegun", "CopyEnded");
  }

  @Test
  void skipsACopyForAnotherSlave() {
    topic.copying(new Marker.Copy(7, Records.ACCOUNT, Optional.of("paris"), true, true));

    add(topic.begin("1-1", "1:1:", "5:5:"), topic.insert(3, 1), topic.copied(2), topic.commit());

    assertThat(complete()).containsExactly("1");
  }

  @Test
  void takesACopyThatIsForThisSlave() {
    topic.copying(new Marker.Copy(7, Records.ACCOUNT, Optional.of("berlin"), false, false));

    add(topic.begin("1-1", "1:1:", "5:5:"), topic.copied(2), topic.commit());

    assertThat(complete()).containsExactly("2");
  }

  @Test
  void countsWhatItHolds() {
    add(topic.begin("1-1", "1:1:", "5:5:"), topic.insert(3, 1), topic.commit());
    add(topic.begin("1-2", "5:5:", "6:6:"), topic.insert(5, 2));

    assertThat(assembler.rows()).isEqualTo(2);
    assertThat(assembler.bytes()).isBetween(100L, 1_000L);

    assertThat(complete()).hasSize(1);
    assertThat(assembler.takePart()).isPresent();
    assertThat(assembler.rows()).isZero();
    assertThat(assembler.bytes()).isZero();
  }

  @Test
  void handsOutTheRestOfABatchInPartsAtItsEnd() {
    add(topic.begin("1-1", "1:1:", "5:5:"), topic.insert(3, 1));
    assertThat(assembler.takePart().map(BatchAssemblerTest::ids)).contains(List.of("1"));
    add(topic.insert(3, 2), topic.commit());

    assertThat(complete()).containsExactly("2");
  }
}
