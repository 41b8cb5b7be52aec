package io.kreplica.random;

import java.util.EnumSet;
import java.util.List;
import java.util.Random;

/** A type of column with values that have caused trouble somewhere, few enough to meet again. */
enum ValueKind {
  SMALL("int", false),
  UNIQUE("int", false),
  KEY("int", false),
  REFERENCE("int", false),
  SLOT("int4range", false),
  TEXT(
      "text",
      true,
      "",
      " ",
      "NULL",
      "null",
      "it's",
      "\\",
      "\\N",
      "a\nb\r\n",
      "\t",
      "é😀",
      "{\"x\"}",
      "\"",
      ",",
      "(,)",
      "A",
      "a",
      "{}"),
  BPCHAR("char(5)", true, "a", "a ", " a", "", "12345"),
  BIGINT("bigint", true, "-9223372036854775808", "9223372036854775807", "0", "42"),
  NUMERIC("numeric", true, "NaN", "0", "0.00", "1.10", "1.1", "-1e30", "123456789012345678901.5"),
  FLOAT("float8", true, "NaN", "Infinity", "-Infinity", "0", "-0", "1e-308", "0.1", "3e15"),
  REAL("real", false, "0.1", "-0", "NaN", "3.4e38", "16777216"),
  TIMESTAMP(
      "timestamp",
      true,
      "infinity",
      "-infinity",
      "0044-03-15 12:00:00 BC",
      "2024-02-29 12:00:00.123456",
      "1999-12-31 23:59:59"),
  TIMESTAMPTZ(
      "timestamptz", true, "infinity", "2024-03-31 01:30:00+00", "1900-01-01 00:00:00+05:30:11"),
  DATE("date", true, "infinity", "4713-01-01 BC", "2000-02-29"),
  INTERVAL("interval", false, "1 mon -1 day +00:00:01", "-1 year", "00:00:00.000001", "1 day"),
  BYTEA("bytea", true, "\\x", "\\x00ff27", "\\x5c"),
  JSON("json", false, "null", "{\"a\": 1, \"a\":2}", " [ ] ", "\"x\"", "1e5"),
  JSONB("jsonb", false, "null", "{\"b\": [1, null]}", "1.10", "\"\\u00e9\""),
  TEXTS("text[]", false, "{}", "{NULL,\"NULL\",\"\"}", "[2:3]={a,b}", "{{a,\"b,\"},{c,d}}"),
  FLOATS("float8[]", false, "{NaN,-0,0.1}", "{}", "{NULL}"),
  PAIR("pair", false, "(1,\"x, y\")", "(,)", "(,\"\")", "(2,\"\"\"\")"),
  MOOD("mood", true, "sad", "it's", "a b"),
  BOOLEAN("boolean", false, "t", "f"),
  UUID(
      "uuid", true, "00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
  INET("inet", true, "10.0.0.1/8", "::1", "192.168.0.1"),
  RANGE("int4range", false, "[1,5)", "empty", "(,)", "[3,)"),
  BITS("varbit", true, "", "0101", "1"),
  CHAR("\"char\"", false, "a", "", "\\"),
  SHORT_TEXT("short_text", true, "", "x", "abc", "é");

  /** What goes into a column that identifies nothing. */
  static final List<ValueKind> PAYLOADS = List.copyOf(EnumSet.range(TEXT, SHORT_TEXT));

  /** What may be part of a key. */
  static final List<ValueKind> KEYS =
      List.of(values()).stream().filter(kind -> kind.isKey).toList();

  /** So large are the numbers in columns of kind SMALL at most, and that many there are. */
  static final int SMALL_BOUND = 31;

  private final String type;
  private final boolean isKey;

  // List.of makes no mutable ones.
  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> values;

  ValueKind(String type, boolean isKey, String... values) {
    this.type = type;
    this.isKey = isKey;
    this.values = List.of(values);
  }

  String type() {
    return type;
  }

  /** Whether a table may be partitioned by its hash. */
  boolean isHashable() {
    return this != BITS;
  }

  /** A value as text, never null. */
  String value(Random random) {
    return switch (this) {
      case SMALL -> Integer.toString(random.nextInt(SMALL_BOUND));
      case UNIQUE -> Integer.toString(1 + random.nextInt(80));
      case KEY -> Integer.toString(1 + random.nextInt(random.nextBoolean() ? 12 : 45));
      case REFERENCE -> Integer.toString(1 + random.nextInt(12));
      case SLOT -> {
        var start = random.nextInt(150);
        yield "[" + start + "," + (start + 2) + ")";
      }
      default -> values.get(random.nextInt(values.size()));
    };
  }
}
