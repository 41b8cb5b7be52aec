drop function if exists replica.read_chunk(integer, json, integer);
create or replace function replica.read_chunk(table_id integer, after_key json, row_limit integer, byte_limit integer)
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
-- The next rows of a tracked table in key order, as the log would hold them. Security definer, so that
-- the source needs no right on the table itself.
--   after_key   the last key of the chunk before, column name to text; null for the first chunk
--   byte_limit  rows of more bytes come without row and image: with their key, by which read_row finds
--               them, and about how many bytes they have
declare
    _table replica.tracked_table;
    _keys text;
begin
    select * into strict _table
    from replica.tracked_table t
    where t.table_id = read_chunk.table_id and t.untracked_at is null;

    perform replica.refuse_stale_snapshot(_table.relation);
    perform replica.refuse_held_back(_table.relation, 'copy');
    if exists (select from pg_attribute a
               where a.attrelid = _table.relation and a.attnum = any (_table.key_columns) and a.attisdropped) then
        raise exception 'Cannot copy %: a column of the key by which it is tracked was dropped', _table.relation
            using errcode = 'object_not_in_prerequisite_state',
                  hint = format('select replica.track(%L), with key => ''index_name'' where it has no primary key.', _table.relation);
    end if;

    select string_agg(format('t.%I', a.attname), ', ' order by k.ordinality)
    into strict _keys
    from unnest(_table.key_columns) with ordinality as k(attnum, ordinality)
    join pg_attribute a on a.attrelid = _table.relation and a.attnum = k.attnum;

    return query execute replica.rows_sql(
        _table,
        case when after_key is null then 'true' else replica.after_key_sql(_table.relation, _table.key_columns) end,
        format('order by %s limit $4', _keys))
    using after_key, null::jsonb, byte_limit, row_limit;
    perform replica.refuse_stale_snapshot(_table.relation);
exception when undefined_table or undefined_column or syntax_error then
    -- The snapshot shows a name that is another by now, or none.
    raise exception 'Cannot copy %: it was altered or dropped meanwhile', _table.name
        using errcode = 'serialization_failure', hint = 'It is tried again.';
end
$$;

comment on function replica.read_chunk(integer, json, integer, integer) is
    'The next rows of a tracked table in key order, for a copy';
