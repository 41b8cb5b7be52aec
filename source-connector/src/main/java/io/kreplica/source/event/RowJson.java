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
  private final List<Token> tokens = new ArrayList<>();

  /** How JSON writes a value, which tells what kind of column it comes from. */
  enum Token {
    NULL,
    NUMBER,
    BOOLEAN,
    OTHER,
    UNKNOWN
  }

  /**
   * Reads a row.
   *
   * @throws UncheckedIOException if the text is not a JSON object; Jackson's message may hold part
   *     of the row and is left out
   */
  void read(String json) {
    names.clear();
    values.clear();
    tokens.clear();
    try (var parser = JSON.createParser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        names.add(parser.currentName());
        var token = parser.nextToken();
        tokens.add(token(token));
        values.add(value(parser, token, json));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("A log row is not JSON; " + e.getClass().getSimpleName()));
    }
  }

  private static String value(JsonParser parser, JsonToken token, String json) throws IOException {
    return switch (token) {
      case VALUE_NULL -> null;
      case START_OBJECT, START_ARRAY -> {
        var start = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        yield json.substring(start, (int) parser.currentLocation().getCharOffset());
      }
      default -> parser.getText();
    };
  }

  private static Token token(JsonToken token) {
    return switch (token) {
      case VALUE_NULL -> Token.NULL;
      case VALUE_NUMBER_INT -> Token.NUMBER;
      case VALUE_TRUE, VALUE_FALSE -> Token.BOOLEAN;
      default -> Token.OTHER;
    };
  }

  /** The columns' names, in their order; valid until the next read. */
  List<String> names() {
    return names;
  }

  /** How each of them is written; valid until the next read. */
  List<Token> tokens() {
    return tokens;
  }

  /** The columns' texts, in the same order; null for SQL NULL. Valid until the next read. */
  List<String> values() {
    return values;
  }
}
