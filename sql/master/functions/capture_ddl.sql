create or replace function replica.capture_ddl(enabled boolean)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
-- Lets commands that change tracked tables be logged by themselves from now on, as replica.execute logs them, or no
-- longer. Needs the right to create event triggers: PostgreSQL gives it to superusers, some providers to others.
-- Whoever owns a tracked table can then have commands about it executed on the slaves, with the rights of their sinks.
-- Returns what was done, as a sentence.
begin
    drop event trigger if exists replica_log_ddl;
    drop event trigger if exists replica_log_drop;
    drop event trigger if exists replica_note_rewrite;
    if not enabled then
        return 'Schema commands are logged only where replica.execute runs them';
    end if;
    update replica.tracked_table t
    set shape = replica.table_shape(t.relation)
    where t.untracked_at is null;
    create event trigger replica_log_ddl on ddl_command_end
        when tag in ('ALTER TABLE', 'CREATE TABLE', 'ALTER TYPE', 'CREATE TYPE', 'ALTER DOMAIN', 'CREATE DOMAIN')
        execute function replica.log_ddl();
    create event trigger replica_log_drop on sql_drop
        execute function replica.log_drop();
    create event trigger replica_note_rewrite on table_rewrite
        execute function replica.note_rewrite();
    return 'Commands that change tracked tables are logged by themselves; slaves with ddl.enabled=true execute them';
exception when insufficient_privilege then
    raise exception 'Cannot % capture of schema commands: role % may not create or drop event triggers',
            case when enabled then 'begin' else 'end' end, current_user
        using errcode = 'insufficient_privilege',
              hint = 'Let a superuser, or the role to which your provider gives that right, call it; or run schema commands through replica.execute.';
end
$$;

comment on function replica.capture_ddl(boolean) is
    'Log commands that change tracked tables by themselves, or no longer; answers what it did';
