-- Takes the locks that bringing an installation up to date needs: all of them, or none for now.
-- Applications hold some of these tables until their transactions end, and would wait for this one
-- meanwhile; if both waited for each other, PostgreSQL might end the application's. So this side
-- never waits as long as the detector of deadlocks does: it gives up, lets the others pass, and tries
-- again. A first installation finds nothing to lock.
-- It does so for a minute, or as long as the session's setting replica.patience says:
--   PGOPTIONS='-c replica.patience=10min' psql -d yourdb -f sql/master/install.sql
do $$
declare
    _deadline constant timestamptz := clock_timestamp()
        + coalesce(nullif(current_setting('replica.patience', true), ''), '1min')::interval;
    _tables text;
    _timeout_before constant text := current_setting('lock_timeout');
    _timeout constant integer := greatest(10, least(100, (
        select s.setting::integer / 8 from pg_settings s where s.name = 'deadlock_timeout')));
    _holders text;
begin
    select string_agg(format('replica.%I', c.relname), ', ' order by c.relname desc)
    into _tables
    from pg_class c
    where c.relnamespace = to_regnamespace('replica')
      and c.relname in ('tracked_table', 'replica_log', 'log_state', 'copy_request', 'checkpoint');
    if _tables is null then
        return;
    end if;

    loop
        begin
            perform set_config('lock_timeout', _timeout::text, true);
            drop view if exists replica.status;
            execute format('lock table %s in access exclusive mode', _tables);
            perform set_config('lock_timeout', _timeout_before, true);
            return;
        exception when lock_not_available or deadlock_detected then
            exit when clock_timestamp() > _deadline;
            perform pg_sleep(0.2);
        end;
    end loop;

    select string_agg(distinct format('%s (%s, since %s)', l.pid, a.application_name, a.xact_start), ', ')
    into _holders
    from pg_locks l
    left join pg_stat_activity a on a.pid = l.pid
    where l.granted and l.pid <> pg_backend_pid()
      and l.database = (select d.oid from pg_database d where d.datname = current_database())
      and l.relation in (select c.oid from pg_class c where c.relnamespace = 'replica'::regnamespace);
    raise exception 'Cannot bring KReplica up to date: open transactions hold its tables, of processes %', coalesce(_holders, 'unknown')
        using errcode = 'lock_not_available',
              hint = 'Nothing was changed. Wait until they end, or end them, and run the script again.';
end
$$;
