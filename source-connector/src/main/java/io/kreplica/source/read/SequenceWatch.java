package io.kreplica.source.read;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kreplica.record.SequenceValue;
import io.kreplica.record.TableName;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the master's tracked sequences stand, and which of them the slaves have not been told of:
 * all, before the first batch of a session; then those that have moved. Thread: the reader's.
 */
public final class SequenceWatch {

  private static final Logger LOG = LoggerFactory.getLogger(SequenceWatch.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<TableName, SequenceValue> now = new LinkedHashMap<>();
  private final Set<TableName> untold = new HashSet<>();
  private final Set<TableName> unreadable = new HashSet<>();

  /**
   * Takes note of what the master said.
   *
   * @param rows the rows of {@code replica.read_sequences()} as a JSON array; a sequence that is
   *     missing is as it was
   */
  public void read(String rows) {
    for (var row : parse(rows)) {
      var name = TableName.parse(row.get("name").asText());
      if (row.get("value").isNull()) {
        warnOf(name);
        continue;
      }
      var value = value(name, row);
      if (!value.equals(now.put(name, value))) {
        untold.add(name);
      }
    }
  }

  private static JsonNode parse(String rows) {
    try {
      return JSON.readTree(rows);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("replica.read_sequences() is not JSON: " + rows, e);
    }
  }

  private static SequenceValue value(TableName name, JsonNode row) {
    return new SequenceValue(
        name,
        row.get("table").isNull()
            ? Optional.empty()
            : Optional.of(
                new SequenceValue.Column(
                    TableName.parse(row.get("table").asText()), row.get("column").asText())),
        row.get("value").longValue(),
        row.get("is_called").booleanValue(),
        row.get("increment").longValue());
  }

  private void warnOf(TableName name) {
    if (unreadable.add(name)) {
      LOG.warn(
          "Sequence {} does not travel: the owner of schema replica may not read it. A slave that"
              + " becomes the master would hand out its numbers again. Run on the master: grant"
              + " select on sequence {} to the owner of schema replica.",
          name,
          name);
    }
  }

  /** What the slaves are to be told with a batch; from now on they are taken to know it. */
  public List<SequenceValue> tellChanged() {
    var told = now.values().stream().filter(value -> untold.contains(value.name())).toList();
    untold.clear();
    return told;
  }

  /** The same of all sequences, for a slave that may have missed what was said before. */
  public List<SequenceValue> tellAll() {
    untold.clear();
    return List.copyOf(now.values());
  }
}
