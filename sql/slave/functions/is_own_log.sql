-- A database may be slave and master at once, of different logs. Applying its own log to it would overwrite
-- rows with what they were before, without a trace, since what a sink applies is not captured.
create or replace function replica.is_own_log(log text)
returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
-- Whether a log is that of this very database as a master; a copy of it in another cluster is another.
-- Security definer, as a sink need not read the master's half.
declare
    _is_own boolean;
begin
    if to_regclass('replica.log_state') is null then
        return false;
    end if;
    execute 'select exists (
                 select
                 from replica.log_state s, pg_control_system() c, pg_database d
                 where s.log_id::text = $1
                   and s.system_identifier = c.system_identifier
                   and d.datname = current_database() and d.oid = s.database)'
    into _is_own
    using log;
    return _is_own;
exception when insufficient_privilege then
    -- The halves belong to different roles.
    return false;
end
$$;

comment on function replica.is_own_log(text) is
    'Whether a log is that of this very database as a master, so that no sink may apply it here.';
