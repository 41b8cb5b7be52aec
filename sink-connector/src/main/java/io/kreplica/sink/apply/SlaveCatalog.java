package io.kreplica.sink.apply;

import io.kreplica.record.TableName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Reads the slave's tables from its system catalog. */
public final class SlaveCatalog {

  /**
   * Domains are resolved to what they are made of. Timestamps are not equal as text: an offset may
   * be that of any session, and JSON's form has a T that the exact image does not.
   */
  private static final String COLUMNS =
      """
      with recursive resolved (attnum, typid) as (
          select a.attnum, a.atttypid
          from pg_attribute as a
          join pg_class as c on c.oid = a.attrelid
          join pg_namespace as n on n.oid = c.relnamespace
          where n.nspname = ? and c.relname = ? and c.relkind in ('r', 'p')
              and a.attnum > 0 and not a.attisdropped
          union all
          select r.attnum, d.typbasetype
          from resolved as r
          join pg_type as d on d.oid = r.typid
          where d.typtype = 'd'
      )
      select
          a.attname as name,
          format_type(a.atttypid, -1) as type,
          b.typcategory = 'A' or b.typtype = 'c' or t.typarray = 0 or t.typdelim <> ','
              as through_text,
          a.attgenerated <> '' as generated,
          a.attidentity = 'a' as identity_always,
          coalesce(l.collisdeterministic, true) and (
              b.typtype = 'e'
              or b.oid = any (array['bool', 'bytea', 'name', 'int8', 'int2', 'int4', 'text', 'oid',
                  'varchar', 'date', 'uuid']::regtype[]::oid[])
          ) as equal_as_text,
          case when a.attcollation <> t.typcollation
              then (select quote_ident(nspname) from pg_namespace where oid = l.collnamespace)
                  || '.' || quote_ident(l.collname)
          end as collation,
          c.relkind = 'p' as partitioned,
          case when t.typtype = 'd' then format_type(b.oid, -1) end as base,
          case when a.atttypmod >= 0
              and coalesce(nullif(t.typelem, 0), t.oid) = any (array['numeric', 'timestamp',
                  'timestamptz', 'time', 'timetz', 'interval']::regtype[]::oid[])
              then format_type(a.atttypid, a.atttypmod)
          end as rounded_to
      from pg_attribute as a
      join pg_class as c on c.oid = a.attrelid
      join pg_namespace as n on n.oid = c.relnamespace
      join pg_type as t on t.oid = a.atttypid
      join resolved as r on r.attnum = a.attnum
      join pg_type as b on b.oid = r.typid and b.typtype <> 'd'
      left join pg_collation as l on l.oid = a.attcollation
      where n.nspname = ? and c.relname = ? and c.relkind in ('r', 'p')
      order by a.attnum
      """;

  private static final String INDEXES =
      """
      select
          i.indisunique and i.indisvalid and not i.indisexclusion
              and i.indpred is null and i.indexprs is null and k.not_null as is_key,
          i.indimmediate and not exists (
              select from pg_rewrite as r where r.ev_class = i.indrelid and r.ev_type in ('2', '3')
          ) as arbiter,
          k.columns,
          k.operators
      from pg_index as i
      join pg_class as c on c.oid = i.indrelid
      join pg_namespace as n on n.oid = c.relnamespace
      cross join lateral (
          select
              coalesce(bool_and(a.attnotnull), false) as not_null,
              coalesce(array_agg(a.attname::text order by u.place), '{}') as columns,
              coalesce(
                  array_agg(format('operator(%I.%s)', o.nspname, o.oprname) order by u.place),
                  '{}') as operators
          from unnest(i.indkey::smallint[], i.indclass::oid[]) with ordinality
              as u(attnum, opclass, place)
          join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = u.attnum
          left join lateral (
              select s.nspname, p.oprname
              from pg_opclass as f
              join pg_amop as m on m.amopfamily = f.opcfamily and m.amopstrategy = 3
                  and m.amoplefttype = f.opcintype and m.amoprighttype = f.opcintype
              join pg_operator as p on p.oid = m.amopopr
              join pg_namespace as s on s.oid = p.oprnamespace
              where f.oid = u.opclass
          ) as o on true
          where u.place <= i.indnkeyatts
      ) as k
      where n.nspname = ? and c.relname = ? and (i.indisunique or i.indisexclusion)
      order by i.indisprimary desc, i.indexrelid
      """;

  private SlaveCatalog() {}

  /** Describes a table; empty if there is none of this name. */
  public static Optional<SlaveTable> read(Connection connection, TableName name)
      throws SQLException {
    var columns = new LinkedHashMap<String, SlaveTable.Column>();
    var partitioned = false;
    try (var select = connection.prepareStatement(COLUMNS)) {
      for (var i = 0; i < 4; i += 2) {
        select.setString(i + 1, name.schema());
        select.setString(i + 2, name.table());
      }
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          var column = column(rows);
          columns.put(column.name(), column);
          partitioned = rows.getBoolean("partitioned");
        }
      }
    }
    return columns.isEmpty()
        ? Optional.empty()
        : Optional.of(new SlaveTable(name, columns, indexes(connection, name), partitioned));
  }

  private static SlaveTable.Column column(ResultSet rows) throws SQLException {
    return new SlaveTable.Column(
        rows.getString("name"),
        rows.getString("type"),
        rows.getBoolean("through_text"),
        rows.getBoolean("generated"),
        rows.getBoolean("identity_always"),
        rows.getBoolean("equal_as_text"),
        rows.getString("collation"),
        rows.getString("base"),
        rows.getString("rounded_to"));
  }

  private static List<SlaveTable.Index> indexes(Connection connection, TableName name)
      throws SQLException {
    var indexes = new ArrayList<SlaveTable.Index>();
    try (var select = connection.prepareStatement(INDEXES)) {
      select.setString(1, name.schema());
      select.setString(2, name.table());
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          indexes.add(
              new SlaveTable.Index(
                  texts(rows.getArray("columns")),
                  texts(rows.getArray("operators")),
                  rows.getBoolean("is_key"),
                  rows.getBoolean("arbiter")));
        }
      }
    }
    return indexes;
  }

  private static List<String> texts(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }
}
