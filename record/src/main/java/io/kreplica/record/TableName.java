package io.kreplica.record;

import io.kreplica.postgres.Identifiers;

/**
 * A table's schema and name, as the catalog spells them.
 *
 * <p>The text form is PostgreSQL's: {@code public.account}, each part quoted where PostgreSQL's
 * {@code quote_ident} would: {@code public."Big Order"}. It is unambiguous, and it is what headers,
 * {@code table.map} and messages show.
 *
 * <p>Instances are immutable.
 */
public final class TableName {

  private final String schema;
  private final String table;

  /** The text form, once it was asked for: every record carries it. */
  private String text;

  /**
   * Names a table.
   *
   * @param schema the schema, unquoted
   * @param table the table, unquoted
   */
  public TableName(String schema, String table) {
    this.schema = schema;
    this.table = table;
  }

  /**
   * Reads the text form; an unquoted part is taken as it stands, without folding its case.
   *
   * @throws IllegalArgumentException if the text is not of the form schema.table
   */
  public static TableName parse(String text) {
    var schema = new StringBuilder();
    var dot = readPart(text, 0, schema);
    var table = new StringBuilder();
    if (dot < text.length() && text.charAt(dot) == '.') {
      var end = readPart(text, dot + 1, table);
      if (end == text.length() && schema.length() > 0 && table.length() > 0) {
        return new TableName(schema.toString(), table.toString());
      }
    }
    throw new IllegalArgumentException(
        "Cannot read a table name from '"
            + text
            + "': it is not of the form schema.table (quote a part that holds a dot)");
  }

  /** Reads one part from {@code start} into {@code part}, and returns the index behind it. */
  private static int readPart(String text, int start, StringBuilder part) {
    if (start >= text.length() || text.charAt(start) != '"') {
      var dot = text.indexOf('.', start);
      var end = dot < 0 ? text.length() : dot;
      part.append(text, start, end);
      return end;
    }
    for (var i = start + 1; i < text.length(); i++) {
      if (text.charAt(i) != '"') {
        part.append(text.charAt(i));
      } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
        part.append('"');
        i++;
      } else {
        return i + 1;
      }
    }
    return text.length() + 1;
  }

  /** The schema, unquoted. */
  public String schema() {
    return schema;
  }

  /** The table, unquoted. */
  public String table() {
    return table;
  }

  /** The form to put into SQL: both parts quoted. */
  public String toSql() {
    return Identifiers.quote(schema) + "." + Identifiers.quote(table);
  }

  @Override
  public boolean equals(Object o) {
    return this == o
        || (o instanceof TableName other
            && schema.equals(other.schema)
            && table.equals(other.table));
  }

  @Override
  public int hashCode() {
    return 31 * schema.hashCode() + table.hashCode();
  }

  @Override
  public String toString() {
    var known = text;
    if (known == null) {
      known = Identifiers.quoteIfNeeded(schema) + "." + Identifiers.quoteIfNeeded(table);
      text = known;
    }
    return known;
  }
}
