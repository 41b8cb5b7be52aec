create or replace function replica.log_key_change()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
-- An UPDATE that changes a key is logged as D of the old key and U of the new row. This row trigger
-- logs the D; row triggers fire before the statement trigger that logs the U (log_change), and this one
-- fires before the row trigger that does (log_row), by its name: UPDATE t SET id = id + 1 comes out right.
--   tg_argv[0]  table_id
--   tg_argv[1]  'exact' where the table's rows need their text image, else 'json'
--   tg_argv[2]  'careful' where foreign keys change the table's rows, else 'plain'
--   tg_argv[3]  'old' where the row before a change is logged beside it, else 'new'
declare
    _table_id constant integer := tg_argv[0];
    _old constant json := case when tg_argv[3] = 'old' then to_json(old.*) end;
    _stack text;
begin
    get diagnostics _stack = pg_context;
    _stack := substr(_stack, strpos(_stack || E'\n', E'\n') + 1);
    if replica.was_overtaken('KEY', _stack) or tg_argv[2] <> 'plain' then
        execute replica.as_now_sql(_table_id, '(select ($1).*)', '$2') using old, _old;
    else
        insert into replica.replica_log (table_id, op, row, image, old)
        values (_table_id, 'D', to_json(old.*), case when tg_argv[1] = 'exact' then old.*::text end, _old);
    end if;
    return null;
end
$$;

comment on function replica.log_key_change() is
    'Row trigger: logs the deletion of a key that an UPDATE has changed';
