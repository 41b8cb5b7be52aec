package io.kreplica.source.event;

import org.apache.kafka.connect.data.SchemaBuilder;

/** Floating point numbers; JSON has no other than finite ones, and reads the others as 0. */
enum FloatKind implements ColumnKind {
  FLOAT32,
  FLOAT64;

  @Override
  public SchemaBuilder schema() {
    return this == FLOAT32 ? SchemaBuilder.float32() : SchemaBuilder.float64();
  }

  @Override
  public Object value(String text, RowJson.Token token) {
    if (text.equals("NaN") || text.endsWith("Infinity")) {
      throw new UnholdableException("a number that is not finite, which JSON does not have");
    }
    if (this == FLOAT32) {
      return Float.valueOf(text);
    }
    return Double.valueOf(text);
  }
}
