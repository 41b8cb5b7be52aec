package io.kreplica.sink.apply;

import io.kreplica.record.TableName;
import io.kreplica.record.TablePattern;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Which table of the slave takes the changes of a table of the master: the one that is said, else
 * the one of the same name; and which tables of the master are taken at all. Every name on its way
 * from the topic to the slave passes here. Immutable.
 */
public final class TableMap {

  /** Where no replicated table is. */
  private static final Pattern RESERVED = Pattern.compile("replica|information_schema|pg_.*");

  private final Map<TableName, TableName> targets;
  private final List<TablePattern> taken;

  private TableMap(Map<TableName, TableName> targets, List<TablePattern> taken) {
    this.targets = targets;
    this.taken = taken;
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
    return new TableMap(targets, List.of());
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

  /** The same, which takes no other tables of the master than these; all if there are none. */
  public TableMap taking(List<TablePattern> tables) {
    return new TableMap(targets, List.copyOf(tables));
  }

  /** Whether the sink takes the changes of a table of the master. */
  public boolean takes(TableName source) {
    return taken.isEmpty() || taken.stream().anyMatch(pattern -> pattern.matches(source));
  }

  /**
   * The slave's table for a table of the master.
   *
   * @throws ConnectException if no change of that table may come here
   */
  public TableName target(TableName source) {
    if (!takes(source)) {
      throw refused(
          source,
          "the sink's setting tables does not name it. Name it there if it is to be replicated to"
              + " this slave");
    }
    var target = targets.getOrDefault(source, source);
    if (RESERVED.matcher(target.schema()).matches()) {
      throw refused(
          source, "schema " + target.schema() + " of the slave is PostgreSQL's or KReplica's own");
    }
    if (!targets.containsKey(source) && targets.containsValue(target)) {
      throw refused(
          source,
          "table.map gives the slave's table of this name to another table of the master. Give this"
              + " one a place in table.map too, or leave it out of what is sent");
    }
    return target;
  }

  private static ConnectException refused(TableName source, String why) {
    return new ConnectException(
        "Cannot apply changes of "
            + source
            + ": "
            + why
            + "; and restart the sink. If the master does not track such a table, somebody else than"
            + " KReplica's source writes to the topic: see to its access control.");
  }

  /** The tables of the master that are named and, as they are not taken, in vain. */
  public List<TableName> namedInVain() {
    return targets.keySet().stream().filter(source -> !takes(source)).toList();
  }

  /** The slave's tables that are named. */
  public Collection<TableName> targets() {
    return targets.values();
  }
}
