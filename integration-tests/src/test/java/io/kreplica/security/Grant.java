package io.kreplica.security;

import io.kreplica.source.MasterFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * A privilege that a role has in a database, as GRANT and REVOKE name it.
 *
 * @param text such as {@code SELECT on table replica.replica_log}
 */
record Grant(String text) {

  private static final String ALL =
      """
      with granted as (
          select 'schema ' || n.nspname as object, '' as columns, a.*
          from pg_namespace n, aclexplode(n.nspacl) a
          union all
          select case c.relkind when 'S' then 'sequence ' else 'table ' end || c.oid::regclass, '', a.*
          from pg_class c, aclexplode(c.relacl) a
          union all
          select 'table ' || t.attrelid::regclass, ' (' || t.attname || ')', a.*
          from pg_attribute t, aclexplode(t.attacl) a
          union all
          select 'function ' || p.oid::regprocedure, '', a.*
          from pg_proc p, aclexplode(p.proacl) a
          union all
          select 'database ' || d.datname, '', a.*
          from pg_database d, aclexplode(d.datacl) a
          where d.datname = current_database()
      )
      select privilege_type || columns || ' on ' || object
      from granted
      where grantee = '%s'::regrole
      order by 1
      """;

  /** All that a role was granted in a database. */
  static List<Grant> of(Connection database, String role) throws SQLException {
    return MasterFixture.rows(database, ALL.formatted(role)).stream().map(Grant::new).toList();
  }

  String revokeFrom(String role) {
    return "revoke " + text + " from " + role;
  }

  String grantTo(String role) {
    return "grant " + text + " to " + role;
  }

  /** What it is about, as PostgreSQL's refusals name it: without schema and parameters. */
  String object() {
    return text.replaceFirst(".* on \\w+ (\\w+\\.)?", "").replaceFirst("\\(.*", "");
  }

  @Override
  public String toString() {
    return text;
  }
}
