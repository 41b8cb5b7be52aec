package io.kreplica.source.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a log row's JSON, streaming: names and values in the table's column order. Numbers keep the
 * text they were written in, so that nothing is rounded. Not thread-safe.
 */
final class RowJson {

  /** PostgreSQL wrote the text: a number may have 100,000 digits, and json be nested deeply. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .build())
          .build();

  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  /**
   * Reads a row.
   *
   * @throws UncheckedIOException if the text is not a JSON object; Jackson's message may hold part
   *     of the row and is left out
   */
  void read(String json) {
    names.clear();
    values.clear();
    try (var parser = JSON.createParser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        names.add(parser.currentName());
        values.add(value(parser, json));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("A log row is not JSON; " + e.getClass().getSimpleName()));
    }
  }

  private static String value(JsonParser parser, String json) throws IOException {
    return switch (parser.nextToken()) {
      case VALUE_NULL -> null;
      case START_OBJECT, START_ARRAY -> {
        var start = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        yield json.substring(start, (int) parser.currentLocation().getCharOffset());
      }
      default -> parser.getText();
    };
  }

  /** The columns' names, in their order; valid until the next read. */
  List<String> names() {
    return names;
  }

  /** The columns' texts, in the same order; null for SQL NULL. Valid until the next read. */
  List<String> values() {
    return values;
  }
}
