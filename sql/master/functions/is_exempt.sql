create or replace function replica.is_exempt()
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether commands of this session are not captured: replica.execute logs its own, a sink's are another
    -- master's, and whoever changes both sides by hand may say so.
    select coalesce(current_setting('replica.executing', true), '') = 'on'
        or coalesce(current_setting('replica.capture_ddl', true), '') = 'off'
        or current_setting('session_replication_role') = 'replica'
$$;

comment on function replica.is_exempt() is
    'Whether schema commands of this session are not captured';
