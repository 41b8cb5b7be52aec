package io.kreplica.sink;

import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.storage.StringConverter;

/**
 * What a record goes through between the halves: JsonConverter to bytes and back, headers as text.
 */
public final class Wire {

  private final JsonConverter keys = new JsonConverter();
  private final JsonConverter values = new JsonConverter();
  private final StringConverter headers = new StringConverter();
  private final String topic;

  /**
   * Sets the converters up.
   *
   * @param topic the topic's name
   * @param withSchemas whether JsonConverter keeps schemas
   */
  public Wire(String topic, boolean withSchemas) {
    var settings = Map.of("schemas.enable", String.valueOf(withSchemas));
    this.topic = topic;
    keys.configure(settings, true);
    values.configure(settings, false);
    headers.configure(Map.of(), false);
  }

  /** A record as it comes out at the other end, at an offset of partition 0. */
  public SinkRecord carry(
      long offset,
      Schema keySchema,
      Object key,
      Schema valueSchema,
      Object value,
      Iterable<Header> made) {
    var readKey = keys.toConnectData(topic, keys.fromConnectData(topic, keySchema, key));
    var readValue = values.toConnectData(topic, values.fromConnectData(topic, valueSchema, value));
    var readHeaders = new ConnectHeaders();
    made.forEach(
        header ->
            readHeaders.add(
                header.key(),
                headers.toConnectHeader(
                    topic,
                    header.key(),
                    headers.fromConnectHeader(
                        topic, header.key(), header.schema(), header.value()))));
    return new SinkRecord(
        topic,
        0,
        readKey.schema(),
        readKey.value(),
        readValue.schema(),
        readValue.value(),
        offset,
        0L,
        TimestampType.CREATE_TIME,
        readHeaders);
  }
}
