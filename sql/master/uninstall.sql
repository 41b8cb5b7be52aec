-- Takes KReplica's master side out of a database: triggers, log and all. Unread changes are lost.
--   psql -d yourdb -f sql/master/uninstall.sql

\set ON_ERROR_STOP on

set client_min_messages = warning;

drop view if exists replica.status;
drop table if exists replica.copy_request, replica.checkpoint, replica.replica_log, replica.tracked_table, replica.log_state;
drop function if exists
    replica.log_change(), replica.log_change_pinned(),
    replica.log_key_change(), replica.log_key_change_pinned(),
    replica.log_truncate()
    cascade;
drop function if exists
    replica.as_now_sql(integer, text),
    replica.ring_doorbell(),
    replica.set_checkpoint(),
    replica.key_columns(regclass, regclass),
    replica.settings_matter(regclass),
    replica.image_matters(regclass),
    replica.foreign_keys_change(regclass),
    replica.refuse_untrackable(pg_class),
    replica.create_triggers(integer),
    replica.drop_triggers(regclass),
    replica.track(regclass, regclass, boolean),
    replica.untrack(regclass),
    replica.copy(regclass, text),
    replica.restart_log(),
    replica.read_chunk(integer, json, integer);

do $$
begin
    if to_regnamespace('replica') is not null
       and not exists (select from pg_class c where c.relnamespace = to_regnamespace('replica'))
       and not exists (select from pg_proc p where p.pronamespace = to_regnamespace('replica')) then
        drop schema replica;
    end if;
end
$$;

do $$
begin
    if to_regrole('replica_source') is not null then
        execute 'drop owned by replica_source';
        execute 'drop role replica_source';
    end if;
exception when dependent_objects_still_exist or insufficient_privilege then
    raise warning 'Role replica_source stays: another database uses it, or % may not drop it.', current_user;
end
$$;
