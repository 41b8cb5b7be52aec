package io.kreplica.source.master;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What the source's role must be allowed to do on the master: the grants of {@code
 * sql/master/roles/replica_source.sql}, one by one, so that a missing one is named before the
 * connector is created. SourcePrivilegesIT holds the two lists together.
 */
final class MasterPrivileges {

  /** Those without which none of the others can be asked for. */
  private static final String TO_LOOK =
      """
      select string_agg(what, ', ')
      from (select 'USAGE on schema replica' as what, has_schema_privilege(n.oid, 'usage') as granted
            from pg_namespace n
            where n.nspname = 'replica'
            union all
            select 'SELECT on replica.log_state', has_table_privilege(c.oid, 'select')
            from pg_namespace n
            join pg_class c on c.relnamespace = n.oid and c.relname = 'log_state'
            where n.nspname = 'replica') needed
      where not granted
      """;

  private static final String TO_WORK =
      """
      select string_agg(what, ', ')
      from (select p.privilege || ' on replica.' || t.name, has_table_privilege('replica.' || t.name, p.privilege)
            from (values ('tracked_table', 'SELECT'), ('tracked_partition', 'SELECT'),
                         ('former_name', 'SELECT'), ('trusted_owner', 'SELECT'), ('replica_log', 'SELECT,DELETE'),
                         ('checkpoint', 'SELECT,DELETE'), ('copy_request', 'SELECT'),
                         ('check_request', 'SELECT,DELETE')) t (name, privileges)
            cross join unnest(string_to_array(t.privileges, ',')) p (privilege)
            union all
            select format('%s (%s) on replica.%s', c.privilege, c.name, c.relation),
                   has_column_privilege('replica.' || c.relation, c.name, c.privilege)
            from (values ('log_state', 'epoch', 'UPDATE'), ('log_state', 'reader', 'UPDATE'),
                         ('log_state', 'confirmed', 'UPDATE'),
                         ('log_state', 'confirmed_at', 'UPDATE'), ('log_state', 'topic', 'UPDATE'),
                         ('copy_request', 'table_id', 'INSERT'),
                         ('copy_request', 'reason', 'INSERT'),
                         ('copy_request', 'finished_at', 'UPDATE'),
                         ('check_request', 'finished_at', 'UPDATE'),
                         ('check_request', 'table_id', 'INSERT'), ('check_request', 'kind', 'INSERT'),
                         ('check_request', 'rows_per_range', 'INSERT'),
                         ('check_request', 'requested_at', 'INSERT')) c (relation, name, privilege)
            union all
            select 'EXECUTE on replica.' || f.signature,
                   has_function_privilege('replica.' || f.signature, 'execute')
            from unnest(array[
                'read_chunk(integer, json, integer, integer)', 'read_row(integer, json)',
                'read_range(integer, jsonb, jsonb, integer, bigint, bigint, boolean, text[])',
                'read_rows(integer, jsonb, jsonb, boolean, integer)',
                'read_sequences()', 'attend(integer)', 'attend_log()',
                'is_unfit(replica.tracked_table)', 'is_held_back(regclass)',
                'may_capture(replica.tracked_table)', 'strangers(regclass)', 'image_matters(regclass)',
                'settings_matter(regclass)', 'foreign_keys_change(regclass)',
                'needs_row_form(regclass)', 'partitions(regclass)',
                'partitions_fit(replica.tracked_table)', 'triggers_fit(replica.tracked_table)',
                'key_fits(replica.tracked_table)', 'names_fit(replica.tracked_table)']) f (signature)
           ) needed (what, granted)
      where not granted
      """;

  private MasterPrivileges() {}

  /** What is missing to look at the state of the log; empty too where there is none. */
  static Optional<String> missingToLook(Connection connection) throws SQLException {
    return missing(connection, TO_LOOK);
  }

  /** What is missing beyond that; asked where the script is installed in this version. */
  static Optional<String> missingToWork(Connection connection) throws SQLException {
    return missing(connection, TO_WORK);
  }

  private static Optional<String> missing(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(query)) {
      row.next();
      return Optional.ofNullable(row.getString(1));
    }
  }
}
