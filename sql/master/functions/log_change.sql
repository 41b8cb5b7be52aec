create or replace function replica.log_change()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
-- Logs the rows that a statement has inserted, updated or deleted: the transition table changed_rows
-- holds the new rows, or the old ones of a DELETE. COPY, MERGE, ON CONFLICT and foreign keys come here
-- like any other statement. No column is named, so that ALTER TABLE breaks nothing; one may be
-- called like a variable here.
--   tg_argv[0]  table_id
--   tg_argv[1]  'exact' where the table's rows need their text image, else 'json'
--   tg_argv[2]  'careful' where foreign keys update and delete the table's rows, else 'plain'
-- Every statement comes this way, so the doorbell's lock is tried here, not in ring_doorbell, and here it is
-- found whether a checkpoint is due. For the first capture of a client's command nothing can have overtaken it:
-- it only leaves behind what was_overtaken would, one call less.
declare
    _moment constant text := (date_part('epoch', statement_timestamp()) * 1000000)::bigint;
    _stack text;
    _careful boolean := tg_argv[2] <> 'plain';
    _rows bigint;
begin
    get diagnostics _stack = pg_context;
    _stack := substr(_stack, strpos(_stack || E'\n', E'\n') + 1);
    if _stack <> '' or split_part(current_setting('replica.last_capture', true), ' ', 1) = _moment then
        _careful := replica.was_overtaken(tg_op, _stack) or _careful;
    elsif tg_op <> 'DELETE' then
        perform set_config('replica.last_capture', _moment || ' W 0 ', true);
    end if;

    if _careful then
        execute replica.as_now_sql(tg_argv[0]::integer, 'changed_rows', null);
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
