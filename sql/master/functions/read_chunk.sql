create or replace function replica.read_chunk(table_id integer, after_key json, row_limit integer)
returns table ("row" json, image text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set "DateStyle" = 'ISO, YMD'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set bytea_output = 'hex'
set extra_float_digits = 1
set lc_monetary = 'C'
as $$
-- The next rows of a tracked table in key order, as the log would hold them. Security definer, so that
-- the source needs no right on the table itself.
--   after_key  the last key of the chunk before, column name to text; null for the first chunk
declare
    _table replica.tracked_table;
    _keys text;
    _after text;
begin
    select * into strict _table
    from replica.tracked_table t
    where t.table_id = read_chunk.table_id and t.untracked_at is null;

    select string_agg(format('t.%I', a.attname), ', ' order by k.ordinality),
           string_agg(format('($1->>%L)::%s', a.attname, format_type(a.atttypid, -1)), ', ' order by k.ordinality)
    into strict _keys, _after
    from unnest(_table.key_columns) with ordinality as k(attnum, ordinality)
    join pg_attribute a on a.attrelid = _table.relation and a.attnum = k.attnum;

    return query execute format(
        'select to_json(t.*), %1$s from only %2$s t %3$s order by %4$s limit $2',
        case when _table.exact then '(t.*)::text' else 'null::text' end,
        _table.relation,
        case when after_key is null then '' else format('where (%s) > (%s)', _keys, _after) end,
        _keys)
    using after_key, row_limit;
end
$$;

comment on function replica.read_chunk(integer, json, integer) is
    'The next rows of a tracked table in key order, for a copy';
