package io.kreplica.source.event;

import java.math.BigDecimal;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * Numbers of a fixed scale.
 *
 * @param precision how many digits they have at most
 * @param scale how many of them are fractional
 */
record DecimalKind(int precision, int scale) implements ColumnKind {

  /** By this name some sinks look for the precision. */
  private static final String PRECISION_PARAMETER = "connect.decimal.precision";

  @Override
  public SchemaBuilder schema() {
    return Decimal.builder(scale).parameter(PRECISION_PARAMETER, Integer.toString(precision));
  }

  @Override
  public Object value(String text, RowJson.Token token) {
    if (text.equals("NaN") || text.endsWith("Infinity")) {
      throw new UnholdableException("a number that is not finite, which Decimal does not have");
    }
    try {
      return new BigDecimal(text).setScale(scale);
    } catch (ArithmeticException e) {
      throw new NumberFormatException("not of this scale");
    }
  }
}
