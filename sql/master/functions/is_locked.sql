create or replace function replica.is_locked(tracked regclass)
returns boolean
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    -- Whether this transaction has locked a table against writers, as ALTER TABLE does.
    select exists (
        select
        from pg_locks l
        where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.relation = tracked
          and l.database = (select d.oid from pg_database d where d.datname = current_database())
          and l.mode in ('AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock'))
$$;

comment on function replica.is_locked(regclass) is
    'Whether this transaction has locked a table against writers';
