package io.kreplica.sink;

import io.kreplica.sink.position.Position;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the consumer reads on the topic. It follows the slave's position: whenever what was read is
 * forgotten, it goes back to behind the last batch that is applied. Used by the task's thread only.
 */
final class TopicCursor {

  private static final Logger LOG = LoggerFactory.getLogger(TopicCursor.class);
  private static final Duration LONGEST_WAIT_FOR_PARTITION = Duration.ofSeconds(30);
  private static final Duration LONGEST_WAIT_FOR_REST = Duration.ofSeconds(60);
  private static final long NONE = -1;

  private final SinkTaskContext context;
  private final Clock clock;
  private final Instant started;
  private TopicPartition partition;
  private long firstOffset = NONE;
  private boolean rewinding;
  private boolean waiting;
  private Instant lastRead;
  private boolean warned;

  TopicCursor(SinkTaskContext context, Clock clock) {
    this.context = context;
    this.clock = clock;
    this.started = clock.instant();
    this.lastRead = started;
    context.timeout(LONGEST_WAIT_FOR_PARTITION.toMillis());
  }

  /**
   * Reads from the only partition of the only topic.
   *
   * @throws ConnectException if there are more, or it is another
   */
  TopicPartition open(Collection<TopicPartition> partitions) {
    if (partitions.size() != 1 || partitions.iterator().next().partition() != 0) {
      throw new ConnectException(
          "Cannot apply from "
              + partitions
              + ": the order of changes holds within one partition only. Name one topic in topics,"
              + " and create it with one partition: kafka-topics.sh --create --partitions 1 …; if"
              + " KReplica's source has written to it already, it wrote to partition 0 alone, but"
              + " the topic must be replaced nevertheless.");
    }
    partition = partitions.iterator().next();
    firstOffset = NONE;
    rewinding = false;
    waiting = false;
    return partition;
  }

  void close() {
    partition = null;
  }

  /** Records have been read. */
  void read(Collection<SinkRecord> records) {
    rewinding = false;
    if (!records.isEmpty()) {
      lastRead = clock.instant();
      firstOffset =
          firstOffset == NONE ? records.iterator().next().originalKafkaOffset() : firstOffset;
    }
    if (partition == null) {
      warnIfUnassigned();
    }
  }

  /** Whether nothing has been read for a while. */
  boolean isQuiet() {
    return clock.instant().isAfter(lastRead.plus(LONGEST_WAIT_FOR_REST));
  }

  /** What was read is forgotten; go back for it when there is more to read behind it. */
  void followOnceMoreArrives() {
    waiting = true;
  }

  /** Whether these records are what was waited for, and it is time to {@link #follow}. */
  boolean isToFollow(Collection<SinkRecord> records) {
    return waiting && !records.isEmpty();
  }

  private void warnIfUnassigned() {
    if (!warned && clock.instant().isAfter(started.plus(LONGEST_WAIT_FOR_PARTITION))) {
      warned = true;
      LOG.warn(
          "No partition has been assigned for {} s: does the topic exist, and is another consumer"
              + " in this connector's group? The source creates the topic when it starts.",
          LONGEST_WAIT_FOR_PARTITION.toSeconds());
    }
    context.timeout(LONGEST_WAIT_FOR_PARTITION.toMillis());
  }

  /** Goes back, or forth, to behind the slave's position; to where reading began if it has none. */
  void follow(Optional<Position> position) {
    waiting = false;
    var offset = position.map(Position::kafkaOffset).orElse(NONE);
    var next = offset == NONE ? firstOffset : offset + 1;
    if (next != NONE) {
      rewinding = true;
      context.offset(partition, next);
    }
  }

  /** Reads nothing until {@link #resume}, and is called again after so many milliseconds. */
  void pause(long forMs) {
    context.pause(partition);
    context.timeout(forMs);
  }

  void resume() {
    context.resume(partition);
  }

  /**
   * The offsets that may be stored as consumed.
   *
   * @param consumed what Connect believes is consumed
   * @param pending whether some of that is not applied
   * @param position what is
   */
  Map<TopicPartition, OffsetAndMetadata> safeOffsets(
      Map<TopicPartition, OffsetAndMetadata> consumed,
      boolean pending,
      Optional<Position> position) {
    if (!pending && !rewinding && !waiting) {
      return consumed;
    }
    return position
        .filter(applied -> partition != null && applied.kafkaOffset() != NONE)
        .map(applied -> Map.of(partition, new OffsetAndMetadata(applied.kafkaOffset() + 1)))
        .orElse(Map.of());
  }
}
