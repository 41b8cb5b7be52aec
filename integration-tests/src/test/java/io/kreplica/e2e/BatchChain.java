package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What a topic must look like to whoever reads only what is committed, where the source has
 * exactly-once support: each batch begins where the one before it ended, is committed once, and has
 * each rank once, in order. A batch whose Kafka transaction was cut, because it took long, may
 * begin again in another epoch, and tells then how much of it is there.
 */
final class BatchChain {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Long> ranks = new HashMap<>();
  private final Set<String> committed = new HashSet<>();
  private String position = "";
  private long lastEpoch;

  private BatchChain() {}

  /**
   * Fails if there is a record twice, or one is missing.
   *
   * @param topic all its committed records, none of them a part of a value
   * @param leastEpochs how many sources have been at work, at least; one that was killed soon may
   *     have sent nothing
   */
  static void assertUnbroken(List<ConsumerRecord<byte[], byte[]>> topic, int leastEpochs) {
    var chain = new BatchChain();
    topic.forEach(chain::add);
    assertThat(chain.lastEpoch).as("epoch").isGreaterThanOrEqualTo(leastEpochs);
  }

  private void add(ConsumerRecord<byte[], byte[]> record) {
    var batch = TopicReader.header(record, "replica.batch");
    var where = "offset " + record.offset() + ", batch " + batch;
    lastEpoch = Long.parseLong(TopicReader.header(record, "replica.epoch"));
    switch (TopicReader.header(record, "replica.op")) {
      case "B" -> {
        var marker = marker(record);
        assertThat(marker.path("rank").asLong()).as(where).isEqualTo(rank(batch));
        follows(marker, where);
      }
      case "C" -> {
        var marker = marker(record);
        assertThat(marker.path("rank").asLong()).as(where).isEqualTo(rank(batch));
        follows(marker, where);
        assertThat(committed.add(batch)).as(where + " is committed once").isTrue();
        position = marker.path("to").asText();
      }
      default -> {
        var rank = Long.parseLong(TopicReader.header(record, "replica.rank"));
        assertThat(rank).as(where).isEqualTo(rank(batch) + 1);
        ranks.put(batch, rank);
      }
    }
  }

  /** The rank of the batch's last record so far. */
  private long rank(String batch) {
    return ranks.getOrDefault(batch, 0L);
  }

  private void follows(JsonNode marker, String where) {
    if (!position.isEmpty()) {
      assertThat(marker.path("from").asText()).as(where).isEqualTo(position);
    }
  }

  private static JsonNode marker(ConsumerRecord<byte[], byte[]> record) {
    try {
      return JSON.readTree(record.value());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
