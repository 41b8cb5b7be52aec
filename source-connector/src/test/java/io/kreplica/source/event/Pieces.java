package io.kreplica.source.event;

import io.kreplica.source.read.TextPieces;
import java.util.Random;

/** A text in pieces of random lengths, cut anywhere. */
final class Pieces implements TextPieces {

  private final String text;
  private final Random random;
  private final int longest;
  private int at;

  Pieces(String text, Random random, int longest) {
    this.text = text;
    this.random = random;
    this.longest = longest;
  }

  @Override
  public String next() {
    if (at == text.length()) {
      return null;
    }
    var from = at;
    at = Math.min(text.length(), at + 1 + random.nextInt(longest));
    return text.substring(from, at);
  }
}
