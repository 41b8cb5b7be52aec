package io.kreplica.sink.validate;

import io.kreplica.postgres.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What the sink's role must be allowed to do in schema replica of the slave: the grants of {@code
 * sql/slave/roles/replica_sink.sql}, one by one, so that a missing one is named before the
 * connector is created. SinkPrivilegesIT holds the two lists together.
 */
final class SlavePrivileges {

  private static final String MISSING =
      """
      select string_agg(what, ', ')
      from (select p.privilege || ' on replica.' || t.name, has_table_privilege('replica.' || t.name, p.privilege)
            from (values ('replica_position', 'SELECT,INSERT,UPDATE'), ('slave_table', 'SELECT,INSERT,UPDATE'),
                         ('dead_letter', 'SELECT,INSERT,UPDATE'), ('verification_run', 'SELECT,INSERT,UPDATE'),
                         ('differing_range', 'SELECT,INSERT,UPDATE,DELETE')) t (name, privileges)
            cross join unnest(string_to_array(t.privileges, ',')) p (privilege)
            union all
            select 'EXECUTE on replica.' || f.signature,
                   has_function_privilege('replica.' || f.signature, 'execute')
            from unnest(array[
                'is_own_log(text)', 'own_rows(regclass)', 'collation_order(oid)',
                'key_order(regclass, text[])', 'digest_terms(regclass)',
                'range_terms(regclass, text[], boolean)',
                'range_sql(regclass, text[], boolean, boolean, boolean)',
                'digest_range(regclass, text[], text[], boolean, jsonb, jsonb)',
                'incomparable(regclass, text[], text[], boolean, text[], text[])',
                'delete_others(regclass, text[], boolean, jsonb, jsonb, text[])']) f (signature)
           ) needed (what, granted)
      where not granted
      """;

  private SlavePrivileges() {}

  /** What is missing; asked where the script is installed in this version. */
  static Optional<String> missing(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(MISSING)) {
      row.next();
      return Optional.ofNullable(row.getString(1));
    } catch (SQLException e) {
      if (SqlStates.is(e, SqlStates.INSUFFICIENT_PRIVILEGE)) {
        return Optional.of("USAGE on schema replica");
      }
      throw e;
    }
  }
}
