package io.kreplica.e2e;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the only partition of a topic, from its first record on, as the bytes that it holds. */
final class TopicReader implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);

  private final TopicPartition partition;
  private final KafkaConsumer<byte[], byte[]> consumer;

  /** Reads whatever stands there. */
  TopicReader(String bootstrapServers, String topic) {
    this(bootstrapServers, topic, "read_uncommitted");
  }

  /** Reads what Kafka's transactions have committed. */
  static TopicReader ofCommitted(String bootstrapServers, String topic) {
    return new TopicReader(bootstrapServers, topic, "read_committed");
  }

  private TopicReader(String bootstrapServers, String topic, String isolation) {
    partition = new TopicPartition(topic, 0);
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", bootstrapServers,
                "auto.offset.reset", "earliest",
                "isolation.level", isolation),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
  }

  String topic() {
    return partition.topic();
  }

  /** The offset behind the topic's last record. */
  long end() {
    return consumer.endOffsets(List.of(partition)).get(partition);
  }

  /** What has come since the last call, to the topic's present end. */
  List<ConsumerRecord<byte[], byte[]>> more() {
    var end = end();
    var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    while (consumer.position(partition) < end) {
      consumer.poll(POLL).forEach(records::add);
    }
    return records;
  }

  /** A header's text; empty if the record has none of this name. */
  static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
