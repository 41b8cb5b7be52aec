create or replace function replica.log_row()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
-- Logs one row that was inserted, updated or deleted: for partitioned tables, whose row triggers
-- PostgreSQL puts on every partition, present and future; for tables that inherit or are inherited from;
-- and where the row before a change is wanted. Row triggers fire in the order in which the rows changed,
-- and a key is unique at each moment of it, so that the last log row of a key is its last state, whichever
-- partitions a row moved through.
-- Only what was captured inside the statement may be newer than its rows.
--   tg_argv[0]  table_id; of the root, in a partition
--   tg_argv[1]  'exact' where the table's rows need their text image, else 'json'
--   tg_argv[2]  'plain'
--   tg_argv[3]  'old' where the row before a change is logged beside it, else 'new'
declare
    _table_id constant integer := tg_argv[0];
    _moment constant text := (date_part('epoch', statement_timestamp()) * 1000000)::bigint;
    _stack text;
    _careful boolean := false;
    _old json;
begin
    get diagnostics _stack = pg_context;
    _stack := substr(_stack, strpos(_stack || E'\n', E'\n') + 1);
    if _stack <> '' or current_setting('replica.last_capture', true) is distinct from _moment || ' D 0 ' then
        _careful := replica.was_overtaken('ROW', _stack);
    end if;

    if tg_op <> 'INSERT' and tg_argv[3] = 'old' then
        _old := to_json(old.*);
    end if;
    if _careful then
        if tg_op = 'DELETE' then
            execute replica.as_now_sql(_table_id, '(select ($1).*)', '$2') using old, _old;
        else
            execute replica.as_now_sql(_table_id, '(select ($1).*)', '$2') using new, _old;
        end if;
    elsif tg_op = 'DELETE' then
        insert into replica.replica_log (table_id, op, row, image, old)
        values (_table_id, 'D', to_json(old.*), case when tg_argv[1] = 'exact' then old.*::text end, _old);
    else
        insert into replica.replica_log (table_id, op, row, image, old)
        values (_table_id, tg_op::"char", to_json(new.*), case when tg_argv[1] = 'exact' then new.*::text end, _old);
    end if;
    if not pg_try_advisory_xact_lock_shared(19282, 1)
       and current_setting('replica.rung', true) is distinct from 'yes' then
        perform set_config('replica.rung', 'yes', true);
        perform replica.ring_doorbell();
    end if;
    if lastval() % 10000 = 0 then
        perform replica.set_checkpoint();
    end if;
    return null;
end
$$;

comment on function replica.log_row() is
    'Row trigger: logs a row that was inserted, updated or deleted';
