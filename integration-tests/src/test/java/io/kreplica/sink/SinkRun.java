package io.kreplica.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kreplica.metrics.ShownNumbers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * A sink task, driven as a Connect worker drives it: records from the consumer's position, an empty
 * list while the topic is paused, seeks carried out before the next read, offsets stored after.
 */
public final class SinkRun implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ReadableTopic topic;
  private final TopicPartition partition;
  private final Context context;
  private final Time time = new Time();
  private final ReplicaSinkTask task = new ReplicaSinkTask(time);
  private final int recordsAtOnce;
  private long next;
  private long stored = -1;

  private SinkRun(ReadableTopic topic, Map<String, String> settings, int recordsAtOnce, long from) {
    this.topic = topic;
    this.partition = new TopicPartition(settings.get("topics"), 0);
    this.context = new Context(settings);
    this.recordsAtOnce = recordsAtOnce;
    this.next = from;
    task.initialize(context);
    task.start(settings);
    task.open(Set.of(partition));
    seek();
  }

  /** Starts a task. */
  public static SinkRun of(ReadableTopic topic, Map<String, String> settings) {
    return new SinkRun(topic, settings, 500, 0);
  }

  /** Starts a task that is given few records at once. */
  public static SinkRun slowly(
      ReadableTopic topic, Map<String, String> settings, int recordsAtOnce) {
    return new SinkRun(topic, settings, recordsAtOnce, 0);
  }

  /** Assigns partitions to a task. */
  static void assign(Map<String, String> settings, Collection<TopicPartition> partitions) {
    var task = new ReplicaSinkTask();
    task.initialize(new Context(settings));
    task.start(settings);
    task.open(partitions);
  }

  /** What the task shows in Connect's metrics. */
  public ShownNumbers shown() {
    return context.shown;
  }

  /** Lets time pass for the task, with the turn of the loop that it brings. */
  public void pass(Duration duration) {
    time.passed = time.passed.plus(duration);
    step();
  }

  /** Reads until the topic's end, however often the task goes back. */
  public SinkRun untilEnd() {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(this::step);
    return this;
  }

  /** One turn of the worker's loop; whether the end was reached. */
  public boolean step() {
    seek();
    var records = context.paused ? List.<SinkRecord>of() : topic.read(next, recordsAtOnce);
    var read = context.paused ? next : topic.endOf(next, recordsAtOnce);
    task.put(records);
    next = read;
    store();
    return !context.paused && context.seek < 0 && next == topic.size();
  }

  private void store() {
    var offsets = task.preCommit(Map.of(partition, new OffsetAndMetadata(next)));
    if (offsets.containsKey(partition)) {
      stored = offsets.get(partition).offset();
    }
  }

  private void seek() {
    if (context.seek >= 0) {
      next = context.seek;
      context.seek = -1;
    }
  }

  /** The offset that Connect would store; negative if none. */
  public long stored() {
    return stored;
  }

  /** The offset of the next record that will be read. */
  public long next() {
    return next;
  }

  /** What the task has handed to the dead letter queue. */
  public List<SinkRecord> letters() {
    return context.letters;
  }

  /** From now on the dead letter queue takes nothing. */
  public void breakQueue() {
    context.queueIsBroken = true;
  }

  public boolean isPaused() {
    return context.paused;
  }

  @Override
  public void close() {
    task.close(Set.of(partition));
    task.stop();
  }

  /** The clock that the task looks at. */
  private static final class Time extends Clock {

    private Duration passed = Duration.ZERO;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Clock.systemUTC().instant().plus(passed);
    }
  }

  /** The worker's side of the conversation. */
  private static final class Context implements SinkTaskContext {

    private final Map<String, String> settings;
    private long seek = -1;
    private boolean paused;
    private final List<SinkRecord> letters = new ArrayList<>();
    private boolean queueIsBroken;
    private final ShownNumbers shown = new ShownNumbers();

    Context(Map<String, String> settings) {
      this.settings = new HashMap<>(settings);
    }

    @Override
    public Map<String, String> configs() {
      return settings;
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {
      offsets.forEach(this::offset);
    }

    @Override
    public void offset(TopicPartition partition, long offset) {
      seek = offset;
    }

    @Override
    public void timeout(long timeoutMs) {
      // The loop turns at once.
    }

    @Override
    public Set<TopicPartition> assignment() {
      return Set.of(new TopicPartition(settings.get("topics"), 0));
    }

    @Override
    public void pause(TopicPartition... partitions) {
      paused = true;
    }

    @Override
    public void resume(TopicPartition... partitions) {
      paused = false;
    }

    @Override
    public void requestCommit() {
      // Offsets are stored after every turn.
    }

    @Override
    public PluginMetrics pluginMetrics() {
      return shown.registry();
    }

    @Override
    public ErrantRecordReporter errantRecordReporter() {
      return settings.containsKey("errors.deadletterqueue.topic.name") ? this::report : null;
    }

    private Future<Void> report(SinkRecord record, Throwable error) {
      assertThat(error).isNotNull();
      if (queueIsBroken) {
        return CompletableFuture.failedFuture(new IllegalStateException("the topic is gone"));
      }
      letters.add(record);
      return CompletableFuture.completedFuture(null);
    }
  }
}
