package io.kreplica.sink.apply;

import io.kreplica.record.TableName;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;

/**
 * Which table of the slave takes the changes of a table of the master; where nothing is said, the
 * one of the same name. Immutable.
 */
public final class TableMap {

  private final Map<TableName, TableName> targets;

  private TableMap(Map<TableName, TableName> targets) {
    this.targets = targets;
  }

  /**
   * Reads the form {@code public.account:crm.account, public.visit:crm.visit}.
   *
   * @throws ConfigException if the text is not of this form, or says two things of one table
   */
  public static TableMap parse(String key, String text) {
    var targets = new LinkedHashMap<TableName, TableName>();
    var start = 0;
    while (start < text.length()) {
      var end = indexOutsideQuotes(text, ',', start);
      var entry = text.substring(start, end).strip();
      if (!entry.isEmpty()) {
        put(key, text, entry, targets);
      }
      start = end + 1;
    }
    if (new HashSet<>(targets.values()).size() < targets.size()) {
      throw new ConfigException(key, text, "Two tables of the master lead to one of the slave.");
    }
    return new TableMap(targets);
  }

  private static void put(
      String key, String text, String entry, Map<TableName, TableName> targets) {
    var colon = indexOutsideQuotes(entry, ':', 0);
    if (colon == entry.length()) {
      throw new ConfigException(
          key, text, "'" + entry + "' is not of the form schema.table:schema.table.");
    }
    try {
      var source = TableName.parse(entry.substring(0, colon).strip());
      var target = TableName.parse(entry.substring(colon + 1).strip());
      if (targets.put(source, target) != null) {
        throw new ConfigException(key, text, "Table " + source + " stands in it twice.");
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException(key, text, e.getMessage());
    }
  }

  private static int indexOutsideQuotes(String text, char wanted, int start) {
    var quoted = false;
    for (var i = start; i < text.length(); i++) {
      if (text.charAt(i) == '"') {
        quoted = !quoted;
      } else if (text.charAt(i) == wanted && !quoted) {
        return i;
      }
    }
    return text.length();
  }

  /** The slave's table for a table of the master. */
  public TableName target(TableName source) {
    return targets.getOrDefault(source, source);
  }

  /** The slave's tables that are named. */
  public Collection<TableName> targets() {
    return targets.values();
  }
}
