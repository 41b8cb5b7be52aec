package io.kreplica.record;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * A command that changed the master's schema, to be executed on a slave at exactly its place among
 * the rows. It travels as a record's value.
 *
 * @param sql the command's text, as it was executed on the master; perhaps several commands
 * @param searchPath the schemas in which the master looked unqualified names up, as the setting
 *     {@code search_path} takes them; never {@code "$user"}
 * @param settings settings of the session that change what a command means or which values it
 *     computes, such as TimeZone where a timestamp becomes a timestamptz; name to value
 */
public record SchemaCommand(String sql, String searchPath, Map<String, String> settings) {

  /** The schema of such a record's value. */
  public static final Schema SCHEMA =
      SchemaBuilder.struct()
          .name("io.kreplica.Command")
          .version(1)
          .field("sql", Schema.STRING_SCHEMA)
          .field("search_path", Schema.STRING_SCHEMA)
          .field(
              "settings",
              SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.STRING_SCHEMA).optional().build())
          .build();

  /** In the settings of a comment: the table whose changes are not logged from here on. */
  private static final String LET_GO = "replica.let_go";

  /** In the settings of a comment: the table whose changes are logged again, to be copied. */
  private static final String TAKEN_BACK = "replica.taken_back";

  private static final String BLANK = "(?:\\s|--[^\\n]*+\\n|/\\*(?s:.*?)\\*/)";

  private static final Pattern FIRST_WORDS =
      Pattern.compile(BLANK + "*+([\\p{L}_]\\w*(?:\\s+[\\p{L}_\"][\\w.\"]*){0,2})");

  /** The command as a record's value. */
  public Struct toValue() {
    return new Struct(SCHEMA)
        .put("sql", sql)
        .put("search_path", searchPath)
        .put("settings", settings);
  }

  /**
   * Reads a command from a record's value, a Struct or, from a converter without schemas, a Map.
   *
   * @throws DataException if the value is neither or lacks a field
   */
  public static SchemaCommand ofValue(Object value) {
    var settings = new TreeMap<String, String>();
    if (field(value, "settings") instanceof Map<?, ?> map) {
      map.forEach((name, setting) -> settings.put(name.toString(), setting.toString()));
    }
    return new SchemaCommand(text(value, "sql"), text(value, "search_path"), settings);
  }

  private static Object field(Object value, String field) {
    if (value instanceof Struct struct && struct.schema().field(field) != null) {
      return struct.get(field);
    }
    return value instanceof Map<?, ?> map ? map.get(field) : null;
  }

  private static String text(Object value, String field) {
    var text = field(value, field);
    if (text == null) {
      throw new DataException(
          "Cannot read a schema command: its value has no field '"
              + field
              + "'. A transform may have changed it: keep schema commands (replica.op S) away from"
              + " transforms with a predicate.");
    }
    return text.toString();
  }

  /** Whether it is a remark of the master's, that a table has another name for one. */
  public boolean isComment() {
    return sql.startsWith("--") && sql.indexOf('\n') < 0;
  }

  /** The table whose changes are not logged from here on, if that is what the master remarks. */
  public Optional<TableName> letGo() {
    return remarked(LET_GO);
  }

  /** The table whose changes are logged again from here on, if that is what the master remarks. */
  public Optional<TableName> takenBack() {
    return remarked(TAKEN_BACK);
  }

  private Optional<TableName> remarked(String setting) {
    return isComment()
        ? Optional.ofNullable(settings.get(setting)).map(TableName::parse)
        : Optional.empty();
  }

  /**
   * The command's first words, for messages: {@code alter table public.account}. The rest may hold
   * literals, which do not belong in a log.
   */
  public String tag() {
    var words = FIRST_WORDS.matcher(sql);
    return words.lookingAt() ? words.group(1).replaceAll("\\s+", " ") : "a command";
  }
}
