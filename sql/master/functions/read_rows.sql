create or replace function replica.read_rows(
    table_id integer, from_key jsonb, to_key jsonb, by_text boolean, byte_limit integer)
returns table ("row" json, image text, key json, bytes bigint, exact boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set "DateStyle" = 'ISO, YMD'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set bytea_output = 'hex'
set extra_float_digits = 1
set lc_monetary = 'C'
as $$
-- The rows of a range of a tracked table's keys that replica.read_range has measured, in no order. Security
-- definer, so that the source needs no right on the table itself.
--   by_text     what replica.read_range said: is_by_text
--   byte_limit  see replica.rows_sql
declare
    _table replica.tracked_table;
begin
    select * into strict _table
    from replica.tracked_table t
    where t.table_id = read_rows.table_id and t.untracked_at is null;
    return query execute replica.rows_sql(
        _table,
        replica.range_sql(
            _table.relation,
            array(select a.attname::text
                  from unnest(_table.key_columns) with ordinality as k(attnum, place)
                  join pg_attribute a on a.attrelid = _table.relation and a.attnum = k.attnum
                  order by k.place),
            by_text, from_key is not null, to_key is not null),
        '')
    using from_key, to_key, byte_limit;
    perform replica.refuse_stale_snapshot(_table.relation);
exception when undefined_table or undefined_column or syntax_error then
    -- The snapshot shows a name that is another by now, or none.
    raise exception 'Cannot repair %: it was altered or dropped meanwhile', _table.name
        using errcode = 'serialization_failure', hint = 'It is tried again.';
end
$$;

comment on function replica.read_rows(integer, jsonb, jsonb, boolean, integer) is
    'The rows of a range of a tracked table''s keys, for a repair';
