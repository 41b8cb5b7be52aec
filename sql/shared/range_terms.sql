create or replace function replica.range_terms(relation regclass, keys text[], by_text boolean)
returns table (place bigint, name text, bound text, term text, from_value text, to_value text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- How to compare a key's columns with the ends of a range, one row for each, in key order.
    --   bound                 the column of a row t as the text that stands in an end of a range
    --   term                  the column as it is compared: as it is, or, by text, by its code points, which
    --                         is the same order on every server
    --   from_value, to_value  the ends, where $1 and $2 are JSON from column name to text
    select k.place,
           k.name,
           format('t.%I::text', k.name),
           case when not by_text then format('t.%I', k.name) || b.base else format(f.compared, format('t.%I::text', k.name)) end,
           case when not by_text then format('($1->>%L)', k.name) || v.cast_to else format(f.compared, format('($1->>%L)', k.name)) end,
           case when not by_text then format('($2->>%L)', k.name) || v.cast_to else format(f.compared, format('($2->>%L)', k.name)) end
    from unnest(keys) with ordinality as k(name, place)
    join pg_attribute a on a.attrelid = relation and a.attname = k.name and a.attnum > 0 and not a.attisdropped
    join pg_type y on y.oid = a.atttypid
    left join pg_collation l on l.oid = a.attcollation
    left join pg_namespace s on s.oid = l.collnamespace
    cross join lateral (
        with recursive bases (typid) as (
            select a.atttypid
            union all
            select d.typbasetype from bases b join pg_type d on d.oid = b.typid where d.typtype = 'd'
        )
        select case when y.typtype = 'd'
                    then (select '::' || format_type(t.oid, -1)
                          from bases
                          join pg_type t on t.oid = bases.typid
                          where t.typtype <> 'd')
                    else '' end) b (base)
    cross join lateral (
        select format('::%s%s%s', format_type(a.atttypid, -1), b.base,
                      case when a.attcollation <> y.typcollation then format(' collate %I.%I', s.nspname, l.collname) end)) v (cast_to)
    cross join lateral (
        select case when current_setting('server_encoding') = 'UTF8' then '(%s) collate "C"'
                    else 'convert_to(%s, ''UTF8'')' end) f (compared)
    order by k.place
$$;

comment on function replica.range_terms(regclass, text[], boolean) is
    'How to compare the columns of a key with the ends of a range';
