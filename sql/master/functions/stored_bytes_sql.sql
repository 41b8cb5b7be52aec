create or replace function replica.stored_bytes_sql(tracked regclass)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- What a row t takes as stored, found without reading its large values; of bytea and text, as written.
    select coalesce(string_agg(
               format(
                   case when a.atttypid = 'bytea'::regtype then 'coalesce(2 * octet_length(t.%I)::bigint, 0)'
                        when a.atttypid = any (array['text', 'varchar']::regtype[]) then 'coalesce(octet_length(t.%I), 0)'
                        else 'coalesce(pg_column_size(t.%I), 0)' end,
                   a.attname),
               ' + '), '0')
    from pg_attribute a
    where a.attrelid = tracked and a.attnum > 0 and not a.attisdropped and a.attlen = -1
$$;

comment on function replica.stored_bytes_sql(regclass) is
    'An expression for what a row takes as stored';
