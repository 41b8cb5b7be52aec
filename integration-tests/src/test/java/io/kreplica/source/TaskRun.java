package io.kreplica.source;

import io.kreplica.metrics.ShownNumbers;
import io.kreplica.record.EventHeaders;
import io.kreplica.record.Marker;
import io.kreplica.record.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.source.TransactionContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/**
 * Runs a source task as Connect would, on one thread, and keeps what it sent. A run may start where
 * another stopped, at any record's offset.
 */
public final class TaskRun implements AutoCloseable {

  private final ReplicaSourceTask task = new ReplicaSourceTask();
  private final List<SourceRecord> sent = new ArrayList<>();
  private final boolean acknowledges;
  private final ShownNumbers shown = new ShownNumbers();

  private TaskRun(
      Map<String, String> settings, Optional<Map<String, ?>> offset, boolean acknowledges) {
    this.acknowledges = acknowledges;
    task.initialize(new Context(settings, offset, shown.registry()));
    task.start(settings);
  }

  /** Starts a task that Connect knows no offset of. */
  public static TaskRun first(Map<String, String> settings) {
    return new TaskRun(settings, Optional.empty(), true);
  }

  /** Starts a task behind a record. */
  public static TaskRun behind(Map<String, String> settings, SourceRecord last) {
    return new TaskRun(settings, Optional.of(last.sourceOffset()), true);
  }

  /** Starts a task whose records Kafka never acknowledges. */
  public static TaskRun unacknowledged(Map<String, String> settings, Optional<SourceRecord> last) {
    return new TaskRun(settings, last.map(SourceRecord::sourceOffset), false);
  }

  /** Polls until a condition holds for what has been sent in all. */
  public List<SourceRecord> until(Predicate<List<SourceRecord>> isEnough)
      throws InterruptedException {
    var deadline = Instant.now().plus(Duration.ofSeconds(30));
    while (!isEnough.test(sent)) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("Not reached within 30 s; sent: " + describe(sent));
      }
      poll();
    }
    return sent;
  }

  /** Polls until nothing has come twice in a row: the task is asleep. */
  public List<SourceRecord> untilIdle() throws InterruptedException {
    for (var quiet = 0; quiet < 2; ) {
      quiet = poll() ? 0 : quiet + 1;
    }
    return sent;
  }

  /** Polls once; whether anything came. */
  public boolean poll() throws InterruptedException {
    var records = task.poll();
    if (records == null) {
      return false;
    }
    sent.addAll(records);
    if (acknowledges) {
      records.forEach(record -> task.commitRecord(record, null));
    }
    return true;
  }

  /** Polls once; what came is neither kept as sent nor acknowledged. */
  public List<SourceRecord> pollInVain() throws InterruptedException {
    var records = task.poll();
    return records == null ? List.of() : records;
  }

  public List<SourceRecord> sent() {
    return sent;
  }

  /** Stops the task; what it has sent can still be looked at. */
  public void stop() {
    task.stop();
  }

  @Override
  public void close() {
    stop();
  }

  /** The data records among them. */
  public static List<SourceRecord> data(Collection<SourceRecord> records) {
    return records.stream().filter(record -> !operation(record).isMarker()).toList();
  }

  /** The commit markers among them. */
  public static List<Marker> commits(Collection<SourceRecord> records) {
    return records.stream()
        .filter(record -> operation(record) == Operation.COMMIT)
        .map(record -> Marker.ofValue(record.value()))
        .toList();
  }

  /** What the task shows in Connect's metrics. */
  public ShownNumbers shown() {
    return shown;
  }

  public static Operation operation(SourceRecord record) {
    return EventHeaders.operation(record.headers());
  }

  /** Each record as its operation and, where it has them, key and one column: {@code U 1=b}. */
  public static List<String> describe(Collection<SourceRecord> records) {
    return records.stream().map(TaskRun::describe).toList();
  }

  private static String describe(SourceRecord record) {
    var text = new StringBuilder(operation(record).code());
    if (record.key() instanceof Struct key) {
      text.append(' ').append(key.get(key.schema().fields().get(0)));
    }
    if (record.key() != null && record.value() instanceof Struct value) {
      text.append('=').append(value.get(value.schema().fields().get(1)));
    }
    return text.toString();
  }

  /** The context that a worker would give a task. */
  private record Context(
      Map<String, String> settings, Optional<Map<String, ?>> offset, PluginMetrics pluginMetrics)
      implements SourceTaskContext {

    @Override
    public Map<String, String> configs() {
      return settings;
    }

    @Override
    public OffsetStorageReader offsetStorageReader() {
      return new OffsetStorageReader() {
        @Override
        public <T> Map<String, Object> offset(Map<String, T> partition) {
          return offset.map(HashMap<String, Object>::new).orElse(null);
        }

        @Override
        public <T> Map<Map<String, T>, Map<String, Object>> offsets(
            Collection<Map<String, T>> partitions) {
          var offsets = new HashMap<Map<String, T>, Map<String, Object>>();
          partitions.forEach(partition -> offsets.put(partition, offset(partition)));
          return offsets;
        }
      };
    }

    @Override
    public TransactionContext transactionContext() {
      return null;
    }
  }
}
