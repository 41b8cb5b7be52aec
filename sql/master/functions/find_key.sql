create or replace function replica.find_key(table_id integer)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Finds the columns of a tracked table's key by their names, after a dump was restored: it does not keep the
-- columns' numbers, which skip those that were dropped. Where the names say nothing, all stays as it is.
declare
    _table replica.tracked_table;
begin
    select * into strict _table from replica.tracked_table t where t.table_id = find_key.table_id;
    select array_agg(a.attnum order by n.place)
    into _table.key_columns
    from unnest(_table.key_names) with ordinality as n(name, place)
    join pg_attribute a on a.attrelid = _table.relation and a.attname = n.name and a.attnum > 0 and not a.attisdropped;
    if cardinality(_table.key_columns) = cardinality(_table.key_names) and replica.key_fits(_table) then
        update replica.tracked_table t
        set key_columns = _table.key_columns
        where t.table_id = _table.table_id;
    end if;
end
$$;

comment on function replica.find_key(integer) is
    'Finds the columns of a restored table''s key by their names';
