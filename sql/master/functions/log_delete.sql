create or replace function replica.log_delete()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
-- Logs the rows that a DELETE has removed.
--   tg_argv[0]  table_id
--   tg_argv[1]  'exact' where the table's rows need their text image, else 'json'
--   tg_argv[2]  'cascades' where foreign keys change the table's rows, else 'plain'
-- The doorbell's lock is tried here, not in ring_doorbell, and the checkpoint's turn is found here, because
-- every statement comes this way.
declare
    _rows bigint;
begin
    if pg_trigger_depth() > 1 or current_setting('replica.nested', true) = 'on' then
        perform set_config('replica.nested', 'on', true);
        execute replica.as_now_sql(tg_argv[0]::integer, 'old_rows');
    elsif tg_argv[2] = 'cascades' then
        execute replica.as_now_sql(tg_argv[0]::integer, 'old_rows');
    elsif tg_argv[1] = 'exact' then
        insert into replica.replica_log (table_id, op, row, image)
        select tg_argv[0]::integer, 'D', to_json(n.*), (n.*)::text
        from old_rows n;
    else
        insert into replica.replica_log (table_id, op, row)
        select tg_argv[0]::integer, 'D', to_json(n.*)
        from old_rows n;
    end if;
    get diagnostics _rows = row_count;
    if not pg_try_advisory_xact_lock_shared(19282, 1) then
        perform replica.ring_doorbell();
    end if;
    if _rows > 0 and lastval() % 10000 < _rows then
        perform replica.set_checkpoint();
    end if;
    return null;
end
$$;

comment on function replica.log_delete() is
    'Statement trigger: logs the rows that a statement has deleted';
