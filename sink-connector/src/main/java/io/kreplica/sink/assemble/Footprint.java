package io.kreplica.sink.assemble;

import io.kreplica.sink.change.Change;

/** About how much heap a row takes. */
final class Footprint {

  private static final int ROW = 96;
  private static final int VALUE = 56;

  private Footprint() {}

  static long of(Change.Part part) {
    return (long) ROW + VALUE + part.data().length();
  }

  static long of(Change.Row row) {
    long bytes = ROW;
    var old = row.expectation().old();
    if (old != null) {
      bytes += VALUE + old.length();
    }
    for (var value : row.values()) {
      bytes += 4;
      if (value != null) {
        bytes += VALUE + value.length();
      }
    }
    return bytes;
  }
}
