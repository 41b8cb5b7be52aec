create or replace function replica.read_row(table_id integer, key json)
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
-- One row of a tracked table, found by its key, as the log would hold it; for a copy, where the row is too
-- large to come with others. Security definer, so that the source needs no right on the table itself.
--   key  the row's key, column name to text
declare
    _table replica.tracked_table;
    _found text;
begin
    select * into strict _table
    from replica.tracked_table t
    where t.table_id = read_row.table_id and t.untracked_at is null;

    select string_agg(format('t.%s%s %s %s', k.name, k.base, k.equal, k.value), ' and ')
    into strict _found
    from replica.key_terms(_table.relation, _table.key_columns) k;

    return query execute format(
        'select to_json(t.*), %s from %s t where %s',
        case when _table.exact then '(t.*)::text' else 'null::text' end,
        replica.own_rows(_table.relation),
        _found)
    using key;
end
$$;

comment on function replica.read_row(integer, json) is
    'A row of a tracked table by its key, for a copy';
