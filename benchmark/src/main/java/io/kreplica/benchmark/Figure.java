package io.kreplica.benchmark;

/**
 * One result.
 *
 * @param what was measured
 * @param number to compare with a peer's, or NaN if there is nothing to compare
 * @param text how it is written, with its unit
 * @param aim what it should be here, or empty
 */
record Figure(String what, double number, String text, String aim) {

  /** What is told, not compared. */
  static Figure of(String what, String text) {
    return new Figure(what, Double.NaN, text, "");
  }

  /** So many row changes a second. */
  static Figure rate(String what, long changes, long nanos) {
    var rate = changes * 1e9 / Math.max(1, nanos);
    return new Figure(what + ", row changes/s", rate, String.format("%,.0f", rate), "");
  }

  static Figure seconds(String what, long nanos) {
    return new Figure(what, nanos / 1e9, String.format("%.2f s", nanos / 1e9), "");
  }

  static Figure millis(String what, long nanos) {
    return new Figure(what, nanos / 1e6, String.format("%.1f ms", nanos / 1e6), "");
  }

  static Figure count(String what, long number) {
    return new Figure(what, number, String.format("%,d", number), "");
  }

  Figure aim(String aim) {
    return new Figure(what, number, text, aim);
  }

  boolean isComparable() {
    return !Double.isNaN(number);
  }
}
