create or replace function replica.lock_tree(root regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Locks a partitioned table with its partitions, all of them or none for now, before triggers are put on
-- them or taken off. A writer may hold a partition and want the root next; if it and this waited for each
-- other, PostgreSQL might end the writer's transaction. So this never waits as long as the detector of
-- deadlocks does: it gives up, lets the others pass, and tries again, for a minute or as long as the
-- session's setting replica.patience says, or its lock_timeout if that is set. Readers are kept out only
-- where triggers are to be taken off.
declare
    _timeout_before constant integer := (select s.setting::integer from pg_settings s where s.name = 'lock_timeout');
    _timeout constant integer := greatest(10, least(100, (
        select s.setting::integer / 8 from pg_settings s where s.name = 'deadlock_timeout')));
    _deadline constant timestamptz := clock_timestamp() + case
        when _timeout_before > 0 then _timeout_before * interval '1ms'
        else coalesce(nullif(current_setting('replica.patience', true), ''), '1min')::interval end;
    _mode constant text := case
        when exists (select
                     from pg_trigger g
                     join pg_proc p on p.oid = g.tgfoid
                     where g.tgrelid = root and p.pronamespace = 'replica'::regnamespace) then 'access exclusive'
        else 'share row exclusive' end;
begin
    if not exists (select from pg_class c where c.oid = root and c.relkind = 'p') then
        return;
    end if;
    loop
        begin
            perform set_config('lock_timeout', _timeout::text, true);
            execute format('lock table %s in %s mode', root, _mode);
            perform set_config('lock_timeout', _timeout_before::text, true);
            return;
        exception when lock_not_available or deadlock_detected then
            if clock_timestamp() > _deadline then
                raise exception 'Cannot lock %: open transactions hold it or its partitions', root
                    using errcode = 'lock_not_available',
                          hint = 'Wait until they end, or end them, and try again.';
            end if;
            perform pg_sleep(0.1);
        end;
    end loop;
end
$$;

comment on function replica.lock_tree(regclass) is
    'Locks a partitioned table with its partitions, without making a writer fail';
