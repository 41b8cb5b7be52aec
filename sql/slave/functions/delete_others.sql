create or replace function replica.delete_others(
    relation regclass, keys text[], by_text boolean, from_key jsonb, to_key jsonb, kept text[])
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Deletes the rows of a range of a table's keys, see replica.range_sql, but those of the given keys. With
-- the rights of whoever calls it. Returns how many there were.
--   kept  the keys' values as texts, key by key
declare
    _condition text;
    _deleted bigint;
begin
    -- Where an operator may not be on the search path, equal texts mean equal keys.
    select string_agg(
               format(
                   case when t.typnamespace = 'pg_catalog'::regnamespace then 't.%1$I = k.key[%2$s]::%3$s'
                        else 't.%1$I::text = (k.key[%2$s]::%3$s)::text' end,
                   c.name, c.place, format_type(a.atttypid, -1)),
               ' and ')
    into strict _condition
    from unnest(keys) with ordinality as c(name, place)
    join pg_attribute a on a.attrelid = relation and a.attname = c.name and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid;

    execute format(
        $sql$
        with k as materialized (
            select array_agg(u.value order by u.place) as key
            from unnest($3) with ordinality as u(value, place)
            group by (u.place - 1) / %s
        )
        delete from %s t
        where %s and not exists (select from k where %s)
        $sql$,
        cardinality(keys),
        replica.own_rows(relation),
        replica.range_sql(relation, keys, by_text, from_key is not null, to_key is not null),
        _condition)
    using from_key, to_key, kept;
    get diagnostics _deleted = row_count;
    return _deleted;
end
$$;

comment on function replica.delete_others(regclass, text[], boolean, jsonb, jsonb, text[]) is
    'Deletes the rows of a range of keys, but some';
