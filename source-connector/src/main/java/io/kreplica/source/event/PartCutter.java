package io.kreplica.source.event;

import io.kreplica.source.read.TextPieces;
import java.sql.SQLException;

/** Cuts a text into parts that each fit a record, and never within a character. */
final class PartCutter implements TextPieces {

  private final Characters text;
  private final long room;
  private int parts;
  private long characters;

  /**
   * Prepares to cut.
   *
   * @param room how many bytes a part may take as JSON
   */
  PartCutter(TextPieces text, long room) {
    this.text = new Characters(text);
    this.room = room;
  }

  @Override
  public String next() throws SQLException {
    var part = new StringBuilder();
    var size = 0L;
    for (var c = text.peek(); c != Characters.END; c = text.peek()) {
      // The first unit of a pair makes room for both.
      if (Character.isHighSurrogate((char) c)) {
        size += 2 * JsonSize.LARGEST;
      } else if (!Character.isLowSurrogate((char) c)) {
        size += JsonSize.of((char) c);
      }
      if (size > room) {
        break;
      }
      part.append((char) text.read());
    }
    if (part.length() == 0) {
      return null;
    }
    parts++;
    characters += part.length();
    return part.toString();
  }

  /** How many parts there were. */
  int parts() {
    return parts;
  }

  /** How many UTF-16 units they held. */
  long characters() {
    return characters;
  }
}
