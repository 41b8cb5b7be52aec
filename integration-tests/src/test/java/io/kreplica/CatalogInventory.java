package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.source.MasterFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Everything that PostgreSQL's catalogs say of a database and its cluster, a line a row, so that
 * two looks at the same database tell what came, went or changed between them. Objects are named by
 * their OIDs: one that was dropped and created again is another.
 */
final class CatalogInventory {

  /** What ANALYZE and the applications' large objects fill. */
  private static final Set<String> DATA =
      Set.of("pg_statistic", "pg_statistic_ext_data", "pg_largeobject");

  /** What VACUUM, TRUNCATE and the last trigger's end leave as PostgreSQL pleases. */
  private static final List<String> VOLATILE =
      List.of(
          "relpages",
          "reltuples",
          "relallvisible",
          "relallfrozen",
          "relfilenode",
          "relfrozenxid",
          "relminmxid",
          "relhastriggers",
          "datfrozenxid",
          "datminmxid");

  /** Where no privileges are noted, those that {@code acldefault} tells are in force. */
  private static final Map<String, String> DEFAULT_PRIVILEGES =
      Map.of(
          "pg_class.relacl",
              "acldefault(case relkind when 'S' then 's' else 'r' end::\"char\", relowner)",
          "pg_namespace.nspacl", "acldefault('n', nspowner)",
          "pg_database.datacl", "acldefault('d', datdba)",
          "pg_proc.proacl", "acldefault('f', proowner)",
          "pg_type.typacl", "acldefault('T', typowner)");

  private static final Pattern OID = Pattern.compile("\\b\\d{5,}\\b");

  private static final String OURS =
      """
      select c.oid, c.relname from pg_class c where c.relnamespace = 'replica'::regnamespace
      union all
      select t.oid, t.typname || ' type' from pg_type t where t.typnamespace = 'replica'::regnamespace
      union all
      select r.oid, c.relname || ' rule' from pg_rewrite r join pg_class c on c.oid = r.ev_class
      where c.relnamespace = 'replica'::regnamespace
      """;

  private CatalogInventory() {}

  /** What a superuser's session sees of its database and of the cluster. */
  static Set<String> of(Connection connection) throws SQLException {
    return lines(connection, "true");
  }

  /** What a superuser's session sees of its database alone. */
  static Set<String> ofDatabase(Connection connection) throws SQLException {
    return lines(connection, "not c.relisshared");
  }

  /**
   * The same, with what the schema replica holds called by its name wherever an OID refers to it.
   */
  static Set<String> named(Connection connection) throws SQLException {
    var names = new HashMap<String, String>();
    for (var object : MasterFixture.rows(connection, OURS)) {
      names.put(object.substring(0, object.indexOf('|')), object.substring(object.indexOf('|')));
    }
    return lines(connection, "true").stream()
        .map(
            line ->
                OID.matcher(line)
                    .replaceAll(
                        oid ->
                            Matcher.quoteReplacement(names.getOrDefault(oid.group(), oid.group()))))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Asserts that two looks at the same database saw the same, and shows what differs if not. */
  static void assertSame(Set<String> before, Set<String> after) {
    assertThat(without(after, before)).as("what came").isEmpty();
    assertThat(without(before, after)).as("what went").isEmpty();
  }

  private static Set<String> without(Set<String> lines, Set<String> others) {
    var left = new TreeSet<>(lines);
    left.removeAll(others);
    return left;
  }

  private static Set<String> lines(Connection connection, String condition) throws SQLException {
    var catalogs =
        MasterFixture.rows(
            connection,
            "select c.relname, coalesce(string_agg(a.attname, ',') filter"
                + " (where a.atttypid = 'aclitem[]'::regtype), '') from pg_class c join pg_attribute a"
                + " on a.attrelid = c.oid and a.attnum > 0 where c.relnamespace ="
                + " 'pg_catalog'::regnamespace and c.relkind = 'r' and "
                + condition
                + " group by 1");
    var lines = new TreeSet<String>();
    for (var catalog : catalogs) {
      var name = catalog.substring(0, catalog.indexOf('|'));
      if (!DATA.contains(name)) {
        lines.addAll(
            MasterFixture.rows(
                connection, query(name, catalog.substring(name.length() + 1).split(","))));
      }
    }
    return lines;
  }

  private static String query(String catalog, String... privileges) {
    var without = new ArrayList<>(VOLATILE);
    var sorted = new StringBuilder();
    for (var column : privileges) {
      if (!column.isEmpty()) {
        without.add(column);
        sorted.append(
            String.format(
                " || ' ' || coalesce((select string_agg(a::text, ' ' order by a::text)"
                    + " from unnest(coalesce(%s, %s)) a), '')",
                column, DEFAULT_PRIVILEGES.getOrDefault(catalog + "." + column, "null")));
      }
    }
    return String.format(
        "select '%s ' || (to_jsonb(c) - '{%s}'::text[])::text%s from pg_catalog.%s c",
        catalog, without.stream().collect(Collectors.joining(",")), sorted, catalog);
  }
}
