create or replace function replica.digest_terms(relation regclass)
returns table (place smallint, name text, type text, term text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A table's columns as a digest of its rows takes them, in their order. The same on master and slave.
    --   type  what decides of two columns whether equal values have equal texts: lengths count only where
    --         values are filled up to them, schemas of types not at all
    --   term  the column of a row t as a value whose text is short and the same on every server; null for
    --         what cannot be compared: generated columns, and names of things, which change by themselves
    with recursive bases (attnum, typid, typmod) as (
        select a.attnum, a.atttypid, a.atttypmod
        from pg_attribute a
        where a.attrelid = relation and a.attnum > 0 and not a.attisdropped
        union all
        select b.attnum, d.typbasetype, d.typtypmod
        from bases b
        join pg_type d on d.oid = b.typid
        where d.typtype = 'd'
    ), columns as (
        select a.attnum, a.attname, a.attgenerated, t.oid as typid, t.typlen, b.typmod,
               t.typcategory = 'A' and t.typelem <> 0 as is_array,
               case when t.typcategory = 'A' and t.typelem <> 0 then t.typelem else t.oid end as elemid
        from bases b
        join pg_type t on t.oid = b.typid and t.typtype <> 'd'
        join pg_attribute a on a.attrelid = relation and a.attnum = b.attnum
    )
    select c.attnum,
           c.attname::text,
           case when c.elemid = any (array['int2', 'int4', 'int8']::regtype[]::oid[]) then 'integer'
                when c.elemid = any (array['text', 'varchar']::regtype[]::oid[]) then 'text'
                when c.elemid = any (array['numeric', 'bpchar']::regtype[]::oid[]) then format_type(c.elemid, c.typmod)
                when e.typnamespace = 'pg_catalog'::regnamespace then format_type(c.elemid, -1)
                else e.typname::text end
           || case when c.is_array then '[]' else '' end,
           case when c.attgenerated <> '' then null
                when e.typnamespace = 'pg_catalog'::regnamespace and (e.typname like 'reg%' or e.typname = 'aclitem') then null
                when c.typid = '"char"'::regtype then format('t.%I::integer', c.attname)
                when c.typid = 'bytea'::regtype then
                    format('case when octet_length(t.%1$I) > 1000 then sha256(t.%1$I) else t.%1$I end', c.attname)
                when c.typid = any (array['text', 'varchar', 'bpchar']::regtype[]::oid[]) then
                    format('case when char_length(t.%1$I) > 1000 then sha256(convert_to(concat(t.%1$I), ''UTF8''))::text'
                           ' when t.%1$I is not null then concat(t.%1$I) end', c.attname)
                when c.typlen <> -1 or c.typid = any (array['numeric', 'inet', 'cidr']::regtype[]::oid[]) then format('t.%I', c.attname)
                -- Of any other type a text may have any length, and IS NULL would look into composites.
                else format('case when num_nulls(t.%1$I) = 0 then sha256(convert_to(concat(t.%1$I), ''UTF8'')) end', c.attname) end
    from columns c
    join pg_type e on e.oid = c.elemid
    order by c.attnum
$$;

comment on function replica.digest_terms(regclass) is
    'A table''s columns as a digest of its rows takes them';
