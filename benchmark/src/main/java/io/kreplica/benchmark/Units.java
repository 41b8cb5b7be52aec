package io.kreplica.benchmark;

/** How figures are written. */
final class Units {

  private Units() {}

  static String rate(long changes, long nanos) {
    return String.format("%,.0f row changes/s", changes * 1e9 / Math.max(1, nanos));
  }

  static String seconds(long nanos) {
    return String.format("%.2f s", nanos / 1e9);
  }

  static String millis(long nanos) {
    return String.format("%.1f ms", nanos / 1e6);
  }
}
