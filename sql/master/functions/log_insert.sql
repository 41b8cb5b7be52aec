create or replace function replica.log_insert()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
-- Logs the rows that an INSERT (or COPY, MERGE, ON CONFLICT) has added.
--   tg_argv[0]  table_id
--   tg_argv[1]  'exact' where the table's rows need their text image
declare
    _table_id constant integer := tg_argv[0];
begin
    if pg_trigger_depth() > 1 or current_setting('replica.nested', true) = 'on' then
        perform set_config('replica.nested', 'on', true);
        execute replica.as_now_sql(_table_id, 'new_rows');
    elsif tg_nargs > 1 then
        insert into replica.replica_log (table_id, op, row, image)
        select _table_id, 'I', to_json(n.*), (n.*)::text
        from new_rows n;
    else
        insert into replica.replica_log (table_id, op, row)
        select _table_id, 'I', to_json(n.*)
        from new_rows n;
    end if;
    return null;
end
$$;

comment on function replica.log_insert() is
    'Statement trigger: logs the rows that a statement has inserted';
