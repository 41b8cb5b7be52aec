package io.kreplica.stack;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The connectors' settings as {@code config/source.json} and {@code config/sink.json} have them,
 * for other databases and another topic than the ones in there.
 */
public final class ConnectorConfig {

  private static final ObjectMapper JSON = new ObjectMapper();

  private ConnectorConfig() {}

  /** A source's settings, to be changed at will. */
  public static Map<String, String> source(String url, String topic) {
    var config = shipped("config/source.json");
    config.put("connection.url", url);
    config.put("topic", topic);
    return config;
  }

  /** A sink's settings, to be changed at will. */
  public static Map<String, String> sink(String url, String topic) {
    var config = shipped("config/sink.json");
    config.put("connection.url", url);
    config.put("topics", topic);
    return config;
  }

  private static Map<String, String> shipped(String file) {
    try {
      var config = new LinkedHashMap<String, String>();
      JSON.readTree(ProjectRoot.resolve(file).toFile())
          .path("config")
          .properties()
          .forEach(property -> config.put(property.getKey(), property.getValue().asText()));
      return config;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }
}
