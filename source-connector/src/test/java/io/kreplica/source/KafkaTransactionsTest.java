package io.kreplica.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.record.BatchId;
import io.kreplica.record.LogPosition;
import io.kreplica.source.offset.SourceOffset;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.TransactionContext;
import org.junit.jupiter.api.Test;

class KafkaTransactionsTest {

  private static final SourceOffset HERE =
      new SourceOffset("log", 1, 1, LogPosition.BEGINNING, Optional.empty());
  private static final LogPosition TO = LogPosition.parse("5:5:");

  private final List<SourceRecord> boundaries = new ArrayList<>();
  private Instant now = Instant.EPOCH;
  private final KafkaTransactions transactions =
      new KafkaTransactions(new Recorder(), clock(() -> now));

  @Test
  void aBatchIsOneTransaction() {
    var end = record(HERE.behind(TO));

    transactions.add(List.of(within(1), within(2)));
    transactions.add(List.of(within(3), end));

    assertThat(boundaries).containsExactly(end);
  }

  @Test
  void aLongBatchIsCutBeforeTheBrokerWouldAbortIt() {
    var late = within(2);

    transactions.add(List.of(within(1)));
    now = now.plus(Duration.ofSeconds(16));
    transactions.add(List.of(late));
    now = now.plus(Duration.ofSeconds(10));
    transactions.add(List.of(within(3)));

    assertThat(boundaries).containsExactly(late);
  }

  @Test
  void withoutExactlyOnceThereAreNoBoundaries() {
    new KafkaTransactions(null, clock(() -> now)).add(List.of(record(HERE.behind(TO))));

    assertThat(boundaries).isEmpty();
  }

  private static SourceRecord within(long rank) {
    return record(HERE.within(new BatchId(1, 1), TO, rank));
  }

  private static SourceRecord record(SourceOffset offset) {
    return new SourceRecord(SourceOffset.PARTITION, offset.toMap(), "t", 0, null, null, null, null);
  }

  private static Clock clock(InstantSource source) {
    return new Clock() {
      @Override
      public Instant instant() {
        return source.instant();
      }

      @Override
      public ZoneOffset getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }

  private final class Recorder implements TransactionContext {

    @Override
    public void commitTransaction() {
      throw new AssertionError("A boundary names its record");
    }

    @Override
    public void commitTransaction(SourceRecord record) {
      boundaries.add(record);
    }

    @Override
    public void abortTransaction() {
      throw new AssertionError("Nothing is aborted");
    }

    @Override
    public void abortTransaction(SourceRecord record) {
      throw new AssertionError("Nothing is aborted");
    }
  }
}
