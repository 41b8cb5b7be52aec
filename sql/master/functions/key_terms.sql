create or replace function replica.key_terms(tracked regclass, keys smallint[])
returns table (place bigint, name text, base text, value text, equal text, at_least text, greater text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- How to compare a key's columns in SQL, one row for each, in key order.
    --   name      the column, quoted
    --   base      a cast to what a domain is made of, as a domain over an enum has no operators; else empty
    --   value     its value in a key, where $1 is JSON from column name to text
    --   equal, at_least, greater  operators
    select k.place,
           quote_ident(a.attname),
           b.base,
           format('($1->>%L)::%s%s%s', a.attname, format_type(a.atttypid, -1), b.base,
                  case when a.attcollation <> y.typcollation
                       then format(' collate %I.%I', s.nspname, l.collname) end),
           replica.key_operator(a.atttypid, 3),
           replica.key_operator(a.atttypid, 4),
           replica.key_operator(a.atttypid, 5)
    from unnest(keys) with ordinality as k(attnum, place)
    join pg_attribute a on a.attrelid = tracked and a.attnum = k.attnum
    join pg_type y on y.oid = a.atttypid
    left join pg_collation l on l.oid = a.attcollation
    left join pg_namespace s on s.oid = l.collnamespace
    cross join lateral (
        with recursive bases(typtype, typbasetype) as (
            select y.typtype, y.typbasetype
            union all
            select t.typtype, t.typbasetype from bases b join pg_type t on t.oid = b.typbasetype
            where b.typtype = 'd'
        )
        select coalesce((select '::' || format_type(d.typbasetype, -1)
                         from bases d
                         join pg_type t on t.oid = d.typbasetype
                         where d.typtype = 'd' and t.typtype <> 'd'), '')) b(base)
    order by k.place
$$;

comment on function replica.key_terms(regclass, smallint[]) is
    'How to compare the columns of a key';
