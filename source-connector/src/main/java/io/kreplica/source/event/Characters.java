package io.kreplica.source.event;

import io.kreplica.source.read.TextPieces;
import java.sql.SQLException;

/** The characters of a text that comes piece by piece, one after the other. */
final class Characters {

  /** What {@link #peek} and {@link #read} return behind the last character. */
  static final int END = -1;

  private final TextPieces pieces;
  private String piece = "";
  private int at;

  Characters(TextPieces pieces) {
    this.pieces = pieces;
  }

  /** The next character, which stays the next; {@link #END} behind the last. */
  int peek() throws SQLException {
    while (at == piece.length()) {
      var more = pieces.next();
      if (more == null) {
        return END;
      }
      piece = more;
      at = 0;
    }
    return piece.charAt(at);
  }

  /** The next character; {@link #END} behind the last. */
  int read() throws SQLException {
    var c = peek();
    at += c == END ? 0 : 1;
    return c;
  }

  /**
   * The next character.
   *
   * @throws IllegalArgumentException if there is none
   */
  char expect() throws SQLException {
    var c = read();
    if (c == END) {
      throw new IllegalArgumentException("it ends within a column");
    }
    return (char) c;
  }
}
