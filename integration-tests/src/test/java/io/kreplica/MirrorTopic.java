package io.kreplica;

import io.kreplica.record.EventHeaders;
import io.kreplica.record.Marker;
import io.kreplica.record.Operation;
import io.kreplica.record.RangeDigest;
import io.kreplica.sink.ReadableTopic;
import io.kreplica.sink.Wire;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;

/** What a source task sent, as sink tasks read it; knows which batches and copies are complete. */
final class MirrorTopic implements ReadableTopic {

  private final Wire wire;
  private final boolean batchByBatch;
  private UnaryOperator<SinkRecord> transform = UnaryOperator.identity();
  private final List<SinkRecord> records = new ArrayList<>();
  private final List<Marker> commits = new ArrayList<>();
  private final Set<Long> endedChecks = new HashSet<>();
  private final List<Integer> commitOffsets = new ArrayList<>();

  /**
   * Makes an empty topic.
   *
   * @param batchByBatch whether a read ends behind the first commit marker
   */
  MirrorTopic(String name, boolean withSchemas, boolean batchByBatch) {
    this.wire = new Wire(name, withSchemas);
    this.batchByBatch = batchByBatch;
  }

  /** Lets records from now on arrive as a transform leaves them; null: not at all. */
  void transforming(UnaryOperator<SinkRecord> other) {
    transform = other;
  }

  void add(SourceRecord record) {
    if (EventHeaders.operation(record.headers()) == Operation.COMMIT) {
      var commit = Marker.ofValue(record.value());
      // What a dead task's producer delivers late does not count.
      if (lastCommit().map(last -> commit.epoch() >= last.epoch()).orElse(true)) {
        commits.add(commit);
        commitOffsets.add(records.size());
      }
    }
    if (EventHeaders.operation(record.headers()) == Operation.VERIFY
        && RangeDigest.ofValue(record.value()).ends()) {
      endedChecks.add(EventHeaders.readFrom(record.headers()).check());
    }
    var carried =
        wire.carry(
            records.size(),
            record.keySchema(),
            record.key(),
            record.valueSchema(),
            record.value(),
            record.headers());
    var arriving = transform.apply(carried);
    if (arriving != null) {
      records.add(arriving);
    }
  }

  /** The last complete batch's marker. */
  Optional<Marker> lastCommit() {
    return commits.isEmpty() ? Optional.empty() : Optional.of(commits.get(commits.size() - 1));
  }

  /** The copy requests whose last row has been sent. */
  Set<Long> endedCopies() {
    var ended = new HashSet<Long>();
    for (var commit : commits) {
      commit.copy().filter(Marker.Copy::ends).ifPresent(copy -> ended.add(copy.request()));
    }
    return ended;
  }

  /** The verifications and repairs whose last range has been sent. */
  Set<Long> endedChecks() {
    return endedChecks;
  }

  /** The commit marker at an offset, if there is one. */
  Optional<Marker> commitAt(long offset) {
    var i = commitOffsets.indexOf((int) offset);
    return i < 0 ? Optional.empty() : Optional.of(commits.get(i));
  }

  @Override
  public List<SinkRecord> read(long from, int most) {
    return List.copyOf(records.subList((int) from, (int) endOf(from, most)));
  }

  @Override
  public long endOf(long from, int most) {
    var end = Math.min(records.size(), from + most);
    if (batchByBatch) {
      for (var offset : commitOffsets) {
        if (offset >= from && offset < end) {
          return offset + 1L;
        }
      }
    }
    return end;
  }

  @Override
  public int size() {
    return records.size();
  }
}
