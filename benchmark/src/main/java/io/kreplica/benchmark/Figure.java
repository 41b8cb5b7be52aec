package io.kreplica.benchmark;

/**
 * One result.
 *
 * @param what was measured
 * @param value with its unit
 * @param aim what it should be here, or empty
 */
record Figure(String what, String value, String aim) {

  static Figure of(String what, String value) {
    return new Figure(what, value, "");
  }
}
