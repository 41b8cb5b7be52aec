create or replace function replica.log_truncate()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
-- Logs that a table was emptied. A TRUNCATE of several tables fires one trigger each; their log rows
-- are adjacent, and the sink makes one statement of them again.
--   tg_argv[0]  table_id
begin
    insert into replica.replica_log (table_id, op)
    values (tg_argv[0]::integer, 'T');
    if current_setting('replica.truncating', true) <> '' then
        perform set_config('replica.truncating', '', true);
    end if;
    perform replica.ring_doorbell();
    return null;
end
$$;

comment on function replica.log_truncate() is
    'Statement trigger: logs a TRUNCATE';
