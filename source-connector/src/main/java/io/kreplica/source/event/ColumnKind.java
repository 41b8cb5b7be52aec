package io.kreplica.source.event;

import org.apache.kafka.connect.data.SchemaBuilder;

/** How a column's values travel; {@link TypeMapping} chooses it. Immutable. */
interface ColumnKind {

  /** The schema of its values. */
  SchemaBuilder schema();

  /**
   * Reads a value's text, from JSON or from PostgreSQL's record form.
   *
   * @param token how the log's JSON writes it
   * @throws NumberFormatException if the text is not of this kind: the column was of another type
   *     when the row was logged
   * @throws UnholdableException if Connect's type does not hold the value
   */
  Object value(String text, RowJson.Token token);
}
