package io.kreplica.sink.assemble;

import io.kreplica.sink.change.Change;
import java.util.List;

/** About how much heap a row takes. */
final class Footprint {

  private static final int ROW = 96;
  private static final int VALUE = 56;

  private Footprint() {}

  static long of(Change.Part part) {
    return ROW + VALUE + ofCharacters(part.data());
  }

  /** Of a text's characters: one byte for each, or two if any of them is beyond Latin-1. */
  static long ofCharacters(String text) {
    for (var i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xFF) {
        return 2L * text.length();
      }
    }
    return text.length();
  }

  static long of(Change.Verification verification) {
    long bytes = ROW;
    var layout = verification.digest().layout();
    for (var texts : List.of(layout.columns(), layout.types(), layout.keys(), layout.keyOrder())) {
      for (var text : texts) {
        bytes += VALUE + text.length();
      }
    }
    return bytes;
  }

  static long of(Change.Row row) {
    long bytes = ROW;
    var old = row.expectation().old();
    if (old != null) {
      bytes += VALUE + ofCharacters(old);
    }
    for (var value : row.values()) {
      bytes += 4;
      if (value != null) {
        bytes += VALUE + ofCharacters(value);
      }
    }
    return bytes;
  }
}
