create or replace function replica.key_fits(tracked replica.tracked_table)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether the key by which a table is tracked still tells every row from every other: some valid
    -- unique index over exactly these columns, all of them NOT NULL.
    select exists (
            select
            from pg_index i
            where i.indrelid = tracked.relation
              and i.indisunique and i.indisvalid and i.indimmediate
              and i.indpred is null and i.indexprs is null
              and (i.indkey::smallint[])[0:i.indnkeyatts - 1] @> tracked.key_columns
              and (i.indkey::smallint[])[0:i.indnkeyatts - 1] <@ tracked.key_columns)
       and not exists (
            select
            from unnest(tracked.key_columns) as k(attnum)
            left join pg_attribute a
                on a.attrelid = tracked.relation and a.attnum = k.attnum and a.attnotnull and not a.attisdropped
            where a.attnum is null)
$$;

comment on function replica.key_fits(replica.tracked_table) is
    'Whether the key by which a table is tracked still identifies its rows';
