package io.kreplica.sink.assemble;

import io.kreplica.record.LogPosition;
import io.kreplica.record.Marker;
import io.kreplica.record.SequenceValue;
import io.kreplica.record.TableName;
import io.kreplica.sink.change.Change;
import io.kreplica.sink.position.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Batches that are complete and not handed out yet. Used by {@link BatchAssembler} only. */
final class CompleteBatches {

  private List<Change> changes = new ArrayList<>();
  private Optional<LogPosition> from = Optional.empty();
  private Optional<Position> end = Optional.empty();
  private long bytes;
  private final Map<TableName, SequenceValue> sequences = new LinkedHashMap<>();

  /** Adds a batch that has ended. */
  void add(OpenBatch batch, Position itsEnd) {
    bytes += batch.bytes();
    changes.addAll(batch.take());
    from = from.or(() -> Optional.of(batch.begin().from()));
    end = Optional.of(itsEnd);
  }

  /** Notes where a marker says that sequences stand. */
  void noteSequences(Marker marker) {
    marker.sequences().forEach(sequence -> sequences.put(sequence.name(), sequence));
  }

  boolean isEmpty() {
    return end.isEmpty();
  }

  int rows() {
    return changes.size();
  }

  long bytes() {
    return bytes;
  }

  /** Hands out all of them, with the sequences; empty if there is none. */
  Optional<Work> take(String log) {
    if (end.isEmpty()) {
      return Optional.empty();
    }
    var work = new Work(log, from.orElseThrow(), changes, end, List.copyOf(sequences.values()));
    clear();
    return Optional.of(work);
  }

  /** Forgets them, and the sequences. */
  void clear() {
    changes = new ArrayList<>();
    from = Optional.empty();
    end = Optional.empty();
    bytes = 0;
    sequences.clear();
  }
}
