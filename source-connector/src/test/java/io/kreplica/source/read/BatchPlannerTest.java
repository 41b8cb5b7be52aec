package io.kreplica.source.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.record.BatchId;
import io.kreplica.record.LogPosition;
import io.kreplica.source.offset.SourceOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BatchPlannerTest {

  private static final LogPosition HERE = LogPosition.parse("100:100:");
  private static final LogPosition NOW = LogPosition.parse("200:200:");
  private static final CopyRequest COPY = new CopyRequest(7, 1, Optional.empty(), Optional.empty());

  private final BatchPlanner planner = new BatchPlanner(6, HERE);

  @Test
  void plansNothingWhenThereIsNothingNew() {
    assertThat(planner.plan(HERE, outlook(false, Optional.empty()))).isEmpty();
  }

  @Test
  void aBatchReachesFromThePositionToNow() {
    var batch = planner.plan(HERE, outlook(true, Optional.empty())).orElseThrow();

    assertThat(batch)
        .isEqualTo(new Batch(new BatchId(6, 1), HERE, NOW, 0, Optional.empty(), Optional.empty()));
  }

  @Test
  void aBacklogIsCutAtTheNearestCheckpointAhead() {
    var batch =
        planner
            .plan(
                HERE, outlook(true, Optional.empty(), "180:180:", "90:90:", "150:150:", "160:160:"))
            .orElseThrow();

    assertThat(batch.to()).hasToString("150:150:");
  }

  @Test
  void checkpointsOfOneLongTransactionAreToldApartByWhatTheyContain() {
    var batch =
        planner
            .plan(HERE, outlook(true, Optional.empty(), "100:180:100,120", "100:170:100,120"))
            .orElseThrow();

    assertThat(batch.to()).hasToString("100:170:100,120");
  }

  @Test
  void checkpointsThatWereFoundEmptyAreNotVisitedTwice() {
    var outlook = outlook(true, Optional.empty(), "150:150:", "160:160:");
    planner.wasEmpty(planner.plan(HERE, outlook).orElseThrow());

    var next = planner.plan(HERE, outlook).orElseThrow();

    assertThat(next.from()).isEqualTo(HERE);
    assertThat(next.to()).hasToString("160:160:");
    assertThat(next.id()).isEqualTo(new BatchId(6, 1));
  }

  @Test
  void aCopyFollowsOnlyABatchThatEndsNow() {
    var behind = planner.plan(HERE, outlook(true, Optional.of(COPY), "150:150:")).orElseThrow();
    var caughtUp = planner.plan(HERE, outlook(false, Optional.of(COPY))).orElseThrow();

    assertThat(behind.copy()).isEmpty();
    assertThat(caughtUp.copy()).contains(COPY);
  }

  @Test
  void sentBatchesNeverShareAnId() {
    var first = planner.plan(HERE, outlook(true, Optional.empty())).orElseThrow();
    planner.isSent(first);
    var second = planner.plan(NOW, outlook(true, Optional.empty())).orElseThrow();

    assertThat(second.id()).isEqualTo(new BatchId(6, 2));
  }

  @Test
  void aHalfSentBatchKeepsItsIdAndDoesNotUseUpANewOne() {
    var offset =
        new SourceOffset("log", 1, 1, HERE, Optional.empty()).within(new BatchId(5, 3), NOW, 42);

    var resumed = planner.resume(offset).orElseThrow();
    planner.isSent(resumed);

    assertThat(resumed)
        .isEqualTo(new Batch(new BatchId(5, 3), HERE, NOW, 42, Optional.empty(), Optional.empty()));
    assertThat(planner.plan(NOW, outlook(true, Optional.empty())).orElseThrow().id())
        .isEqualTo(new BatchId(6, 1));
  }

  private static Outlook outlook(
      boolean hasChanges, Optional<CopyRequest> copy, String... checkpoints) {
    List<LogPosition> positions = Stream.of(checkpoints).map(LogPosition::parse).toList();
    return new Outlook(NOW, hasChanges, positions, copy, Optional.empty(), "0/0");
  }
}
