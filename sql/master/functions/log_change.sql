create or replace function replica.log_change()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
-- Logs the rows that a statement has inserted, updated or deleted: the transition table changed_rows
-- holds the new rows, or the old ones of a DELETE. COPY, MERGE, ON CONFLICT and foreign keys come here
-- like any other statement. No column is named, so that ALTER TABLE breaks nothing.
--   tg_argv[0]  table_id
--   tg_argv[1]  'exact' where the table's rows need their text image, else 'json'
--   tg_argv[2]  'cascades' where foreign keys update and delete the table's rows, else 'plain'
-- Every statement comes this way, so the doorbell's lock is tried here, not in ring_doorbell, and here it is
-- found whether a checkpoint is due.
declare
    _rows bigint;
begin
    if pg_trigger_depth() > 1 or current_setting('replica.nested', true) = 'on' then
        perform set_config('replica.nested', 'on', true);
        execute replica.as_now_sql(tg_argv[0]::integer, 'changed_rows');
    elsif tg_argv[2] = 'cascades' then
        execute replica.as_now_sql(tg_argv[0]::integer, 'changed_rows');
    elsif tg_argv[1] = 'exact' then
        insert into replica.replica_log (table_id, op, row, image)
        select tg_argv[0]::integer, tg_op::"char", to_json(r.*), (r.*)::text
        from changed_rows r;
    else
        insert into replica.replica_log (table_id, op, row)
        select tg_argv[0]::integer, tg_op::"char", to_json(r.*)
        from changed_rows r;
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

comment on function replica.log_change() is
    'Statement trigger: logs the rows that a statement has inserted, updated or deleted';
