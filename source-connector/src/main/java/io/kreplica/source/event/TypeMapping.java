package io.kreplica.source.event;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which Connect type a column of a PostgreSQL type has. */
public enum TypeMapping {

  /** Text for everything that some converter would change. */
  EXACT {
    @Override
    ColumnKind kind(String definition, boolean inKey) {
      return basic(definition);
    }
  },

  /** Connect's own types, for consumers that do not speak PostgreSQL. */
  CONNECT {
    @Override
    ColumnKind kind(String definition, boolean inKey) {
      var array = definition.endsWith("[]");
      if (array && (inKey || !hasReadableElements(definition))) {
        return BasicKind.TEXT;
      }
      return array
          ? new ArrayKind(scalar(definition.substring(0, definition.length() - 2), false))
          : scalar(definition, inKey);
    }
  };

  /** What {@code format_type} writes: name, length or precision, and what follows. */
  private static final Pattern DEFINITION =
      Pattern.compile("([a-z ]+?)(?:\\((\\d+)(?:,(-?\\d+))?\\))?( with(?:out)? time zone)?");

  /** Connect's times have milliseconds. */
  private static final int DIGITS = 3;

  /** The mapping of a name in the connector's settings. */
  public static TypeMapping of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** Its name in the connector's settings. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * How the values of a column travel.
   *
   * @param definition its type as a DDL would have it; types not of PostgreSQL's own are qualified
   * @param inKey whether the column belongs to the key, in which different values must stay so
   */
  abstract ColumnKind kind(String definition, boolean inKey);

  /** Whether values of a type, outside keys, may not be quite the same behind the mapping. */
  boolean loses(String definition) {
    var name =
        definition.endsWith("[]") ? definition.substring(0, definition.length() - 2) : definition;
    return this != EXACT
        && kind(name, false) instanceof TemporalKind temporal
        && temporal != TemporalKind.DATE
        && !(kind(name, true) instanceof TemporalKind);
  }

  private static ColumnKind basic(String definition) {
    return switch (definition) {
      case "boolean" -> BasicKind.BOOLEAN;
      case "smallint" -> BasicKind.INT16;
      case "integer" -> BasicKind.INT32;
      case "bigint" -> BasicKind.INT64;
      default -> BasicKind.TEXT;
    };
  }

  private static ColumnKind scalar(String definition, boolean inKey) {
    var type = DEFINITION.matcher(definition);
    if (!type.matches()) {
      return BasicKind.TEXT;
    }
    var name = type.group(4) == null ? type.group(1) : type.group(1) + type.group(4);
    return switch (name) {
      case "real" -> FloatKind.FLOAT32;
      case "double precision" -> FloatKind.FLOAT64;
      case "numeric" -> decimal(type);
      case "bytea" -> BytesKind.BYTES;
      case "date" -> TemporalKind.DATE;
      case "time without time zone" -> temporal(TemporalKind.TIME, type, inKey);
      case "timestamp without time zone", "timestamp with time zone" ->
          temporal(TemporalKind.TIMESTAMP, type, inKey);
      default -> basic(definition);
    };
  }

  private static ColumnKind decimal(Matcher type) {
    return type.group(2) == null
        ? BasicKind.TEXT
        : new DecimalKind(Integer.parseInt(type.group(2)), Integer.parseInt(type.group(3)));
  }

  private static ColumnKind temporal(TemporalKind kind, Matcher type, boolean inKey) {
    var isWhole = type.group(2) != null && Integer.parseInt(type.group(2)) <= DIGITS;
    return inKey && !isWhole ? BasicKind.TEXT : kind;
  }

  /** Boxes are the one type whose arrays have semicolons; of others' types nothing is known. */
  private static boolean hasReadableElements(String definition) {
    return !definition.contains(".") && !definition.equals("box[]");
  }
}
