package io.kreplica.e2e;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.json.JsonConverter;

/**
 * Somebody else who reads a topic, and knows nothing of KReplica but keys and values: each key has
 * its last value, one without value is gone, and what has no key is none of its business.
 */
final class StockConsumer implements AutoCloseable {

  private final TopicReader reader;
  private final JsonConverter converter = new JsonConverter();
  private final Map<Map<?, ?>, Map<?, ?>> rows = new HashMap<>();

  StockConsumer(String bootstrapServers, String topic) {
    reader = new TopicReader(bootstrapServers, topic);
    converter.configure(Map.of("schemas.enable", "false"), false);
  }

  /** How many records the topic holds, all in all. */
  long records() {
    return reader.end();
  }

  /** Reads on to the topic's present end; what there is by then. */
  Map<Map<?, ?>, Map<?, ?>> rows() {
    for (var record : reader.more()) {
      if (record.key() != null) {
        var key = read(record.key()).orElseThrow();
        read(record.value()).ifPresentOrElse(row -> rows.put(key, row), () -> rows.remove(key));
      }
    }
    return rows;
  }

  private Optional<Map<?, ?>> read(byte[] json) {
    return Optional.ofNullable((Map<?, ?>) converter.toConnectData(reader.topic(), json).value());
  }

  @Override
  public void close() {
    reader.close();
    converter.close();
  }
}
