package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A batch that is not the source's, on its topic: by somebody who may write there and knows what
 * KReplica's records look like. It follows the last batch of a source that does not run.
 */
final class ForgedBatch implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String topic;
  private final KafkaProducer<String, String> producer;
  private final Map<String, Object> marker = new LinkedHashMap<>();
  private final long xid;
  private int rank;

  ForgedBatch(String bootstrapServers, String topic) throws Exception {
    this.topic = topic;
    var last = lastCommit(bootstrapServers, topic);
    var batch = last.path("batch").asText().split("-", 2);
    xid = Long.parseLong(last.path("to").asText().split(":", 3)[1]);
    for (var field : new String[] {"log", "epoch"}) {
      marker.put(field, JSON.treeToValue(last.path(field), Object.class));
    }
    marker.put("batch", batch[0] + "-" + (Long.parseLong(batch[1]) + 1));
    marker.put("from", last.path("to").asText());
    marker.put("to", "%1$d:%1$d:".formatted(xid + 1));
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new StringSerializer(),
            new StringSerializer());
    sendMarker("B", "begin");
  }

  private static JsonNode lastCommit(String bootstrapServers, String topic) throws IOException {
    try (var reader = new TopicReader(bootstrapServers, topic)) {
      var commits =
          reader.more().stream()
              .filter(sent -> TopicReader.header(sent, "replica.op").equals("C"))
              .toList();
      assertThat(commits).isNotEmpty();
      return JSON.readTree(commits.get(commits.size() - 1).value());
    }
  }

  ForgedBatch insert(String table, Map<String, ?> key, Map<String, ?> row) throws Exception {
    return send("I", table, key, row);
  }

  ForgedBatch command(String sql) throws Exception {
    var value = Map.of("sql", sql, "search_path", "public", "settings", Map.of());
    return send("S", "public.note", null, value);
  }

  private ForgedBatch send(String op, String table, Map<String, ?> key, Map<String, ?> value)
      throws Exception {
    rank++;
    var headers = new LinkedHashMap<String, Object>();
    headers.put("replica.op", op);
    headers.put("replica.table", table);
    headers.put("replica.rank", rank);
    headers.put("replica.ts", 1_000_000);
    for (var header : new String[] {"replica.seq", "replica.tx"}) {
      headers.put(header, 1_000_000_000 + rank);
    }
    headers.put("replica.xid", xid);
    return send(headers, key, value);
  }

  void commit() throws Exception {
    sendMarker("C", "commit");
  }

  private void sendMarker(String op, String kind) throws Exception {
    var value = new LinkedHashMap<>(marker);
    value.put("kind", kind);
    value.put("rank", rank);
    send(new LinkedHashMap<>(Map.of("replica.op", op)), null, value);
  }

  private ForgedBatch send(Map<String, Object> headers, Map<String, ?> key, Map<String, ?> value)
      throws JsonProcessingException, InterruptedException, ExecutionException, TimeoutException {
    headers.put("replica.batch", marker.get("batch"));
    headers.put("replica.epoch", marker.get("epoch"));
    var made =
        new ProducerRecord<>(
            topic,
            0,
            key == null ? null : JSON.writeValueAsString(key),
            JSON.writeValueAsString(value));
    headers.forEach(
        (name, text) -> made.headers().add(name, text.toString().getBytes(StandardCharsets.UTF_8)));
    producer.send(made).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return this;
  }

  @Override
  public void close() {
    producer.close();
  }
}
