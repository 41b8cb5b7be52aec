package io.kreplica.types;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A built-in type that a column can have.
 *
 * @param name its name in {@code pg_type}
 * @param binary the function that writes a value's binary form, or null where there is none or it
 *     differs from database to database
 * @param sorts whether it can be a key
 */
record BaseType(String name, String binary, boolean sorts) {

  /** Arrays follow from their elements. The binary form of an object's name is its number. */
  private static final String TYPES =
      """
      select t.typname,
             case when t.typsend <> 0 and t.typname !~ '^re[gf]' then t.typsend::regproc::text end,
             exists (select
                     from pg_opclass o
                     where o.opcmethod = (select oid from pg_am where amname = 'btree')
                       and o.opcdefault
                       and (o.opcintype = t.oid
                            or o.opcintype = 'anyrange'::regtype and t.typtype = 'r'
                            or o.opcintype = to_regtype('anymultirange') and t.typtype = 'm'
                            or exists (select
                                       from pg_cast c
                                       where c.castsource = t.oid and c.casttarget = o.opcintype
                                         and c.castmethod = 'b' and c.castcontext = 'i')))
      from pg_type t
      where t.typnamespace = 'pg_catalog'::regnamespace
        and t.typtype in ('b', 'r', 'm')
        and not exists (select from pg_type e where e.typarray = t.oid)
      order by t.oid
      """;

  /** All of them, as the server's catalog lists them. */
  static List<BaseType> all(Connection session) throws SQLException {
    var types = new ArrayList<BaseType>();
    try (var statement = session.createStatement();
        var rows = statement.executeQuery(TYPES)) {
      while (rows.next()) {
        types.add(new BaseType(rows.getString(1), rows.getString(2), rows.getBoolean(3)));
      }
    }
    return types;
  }

  /** Its name as SQL. */
  String sql() {
    return "pg_catalog.\"" + name + "\"";
  }
}
