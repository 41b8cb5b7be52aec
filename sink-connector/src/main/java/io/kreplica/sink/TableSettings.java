package io.kreplica.sink;

import io.kreplica.record.TablePattern;
import io.kreplica.sink.apply.TableMap;
import java.util.List;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** The sink's settings that say which tables it takes, and where they are on the slave. */
final class TableSettings {

  static final String TABLES = "tables";
  private static final String TABLES_DOC =
      "The master's tables whose changes this slave takes, as schema.table with * for any"
          + " characters. A change of any other stops the sink, so that whoever can write to the"
          + " topic reaches no other table, and copies and sequences of others pass by. Empty: every"
          + " table that the role may write. Commands that ddl.enabled executes are not bound by it.";

  static final String TABLE_MAP = "table.map";
  private static final String TABLE_MAP_DOC =
      "Where tables have other names on the slave: pairs of the master's table and the slave's, such"
          + " as public.account:crm.account, public.visit:crm.visit. Quote a part that holds a dot,"
          + " a comma or a colon. All other tables keep their names.";

  private TableSettings() {}

  /** Adds the settings to a definition. */
  static ConfigDef define(ConfigDef definition, String group) {
    return definition
        .define(
            TABLES,
            ConfigDef.Type.LIST,
            List.of(),
            LambdaValidator.with(
                (name, value) -> patterns(name, (List<?>) value),
                () -> "schema.table, with * for any characters"),
            Importance.MEDIUM,
            TABLES_DOC,
            group,
            0,
            Width.LONG,
            "Tables")
        .define(
            TABLE_MAP,
            ConfigDef.Type.STRING,
            "",
            LambdaValidator.with(
                (name, value) -> TableMap.parse(name, String.valueOf(value)),
                () -> "schema.table:schema.table, …"),
            Importance.MEDIUM,
            TABLE_MAP_DOC,
            group,
            1,
            Width.LONG,
            "Tables of other names");
  }

  /** What the settings say. */
  static TableMap tableMap(AbstractConfig config) {
    return TableMap.parse(TABLE_MAP, config.getString(TABLE_MAP))
        .taking(patterns(TABLES, config.getList(TABLES)));
  }

  private static List<TablePattern> patterns(String key, List<?> texts) {
    try {
      return texts.stream().map(String::valueOf).map(TablePattern::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          key, String.join(",", texts.stream().map(String::valueOf).toList()), e.getMessage());
    }
  }
}
