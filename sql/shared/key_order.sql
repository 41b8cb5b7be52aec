create or replace function replica.key_order(relation regclass, keys text[])
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- What decides the order of a key's columns, one text for each: where two servers have the same, keys
    -- between two keys are the same on both. Null for a column whose order may be another on every server,
    -- as that of enums, composites, extensions' types and unknown versions of a collation may.
    with recursive bases (place, typid, collation_id) as (
        select k.place, a.atttypid, a.attcollation
        from unnest(keys) with ordinality as k(name, place)
        join pg_attribute a on a.attrelid = relation and a.attname = k.name and a.attnum > 0 and not a.attisdropped
        union all
        select b.place, d.typbasetype, b.collation_id
        from bases b
        join pg_type d on d.oid = b.typid
        where d.typtype = 'd'
    )
    select array_agg(
        case when b.typid = any (array['int2', 'int4', 'int8']::regtype[]::oid[]) then 'integer'
             when b.typid = any (array[
                 'bool', 'oid', 'numeric', 'float4', 'float8', 'date', 'time', 'timetz', 'timestamp', 'timestamptz',
                 'interval', 'uuid', 'bytea', '"char"', 'name', 'inet', 'cidr', 'macaddr', 'macaddr8', 'bit',
                 'varbit', 'money', 'pg_lsn', 'xid8']::regtype[]::oid[]) then format_type(b.typid, -1)
             when b.typid = any (array['text', 'varchar', 'bpchar']::regtype[]::oid[]) then
                 case when b.typid = 'bpchar'::regtype then 'bpchar ' else 'text ' end
                 || replica.collation_order(b.collation_id)
        end
        order by b.place)
    from bases b
    join pg_type t on t.oid = b.typid
    where t.typtype <> 'd'
$$;

comment on function replica.key_order(regclass, text[]) is
    'What decides the order of a key, to compare with another server''s';
