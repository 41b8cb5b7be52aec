package io.kreplica.record;

import org.apache.kafka.connect.errors.DataException;

/**
 * What a record on the topic stands for; its one-letter code travels in the header {@code
 * replica.op}. The letters I, U, D, T and S are those of the log on the master.
 */
public enum Operation {
  /** A row as it was inserted. */
  INSERT("I"),
  /** A row as it is after an update. */
  UPDATE("U"),
  /** A row is gone; the record has a key and no value. */
  DELETE("D"),
  /** A table was emptied; the record has no key. */
  TRUNCATE("T"),
  /** A command that changes the schema: a {@link SchemaCommand}; the record has no key. */
  SCHEMA("S"),
  /** A row of an initial copy, as it is at the end of the batch that carries it. */
  COPY("R"),
  /** A part of a value that is too large for one record; its row follows: a {@link Part}. */
  PART("P"),
  /**
   * How many rows a range of keys has, and their digest, at the batch's end: a {@link RangeDigest}.
   */
  VERIFY("V"),
  /** A batch begins: a {@link Marker}. */
  BEGIN("B"),
  /** A batch is complete: a {@link Marker}. */
  COMMIT("C");

  private final String code;

  Operation(String code) {
    this.code = code;
  }

  /** The letter in the header and in the log. */
  public String code() {
    return code;
  }

  /** Whether records of this operation are {@link Marker}s, which no filter may drop. */
  public boolean isMarker() {
    return this == BEGIN || this == COMMIT;
  }

  /** Whether a commit marker tells how many records of this operation a table had. */
  public boolean isTallied() {
    return switch (this) {
      case INSERT, UPDATE, DELETE, TRUNCATE, COPY -> true;
      case SCHEMA, PART, VERIFY, BEGIN, COMMIT -> false;
    };
  }

  /**
   * The operation of a code.
   *
   * @throws DataException if there is none
   */
  public static Operation ofCode(String code) {
    return switch (code) {
      case "I" -> INSERT;
      case "U" -> UPDATE;
      case "D" -> DELETE;
      case "T" -> TRUNCATE;
      case "S" -> SCHEMA;
      case "R" -> COPY;
      case "P" -> PART;
      case "V" -> VERIFY;
      case "B" -> BEGIN;
      case "C" -> COMMIT;
      default ->
          throw new DataException(
              "Cannot read header replica.op: '"
                  + code
                  + "' is none of I, U, D, T, S, R, P, V, B, C. The record is not KReplica's, or a transform"
                  + " changed the header.");
    };
  }
}
