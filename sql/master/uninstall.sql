-- Takes KReplica's master side out of a database: triggers, log and all. Unread changes are lost.
--   psql -d yourdb -f sql/master/uninstall.sql

\set ON_ERROR_STOP on

-- The triggers first, one table at a time, so that applications write on meanwhile: without triggers
-- nothing of theirs needs the rest.
do $$
declare
    _trigger record;
begin
    for _trigger in
        select g.tgrelid::pg_catalog.regclass as relation, g.tgname as name
        from pg_catalog.pg_trigger g
        join pg_catalog.pg_proc p on p.oid = g.tgfoid
        join pg_catalog.pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'replica' and g.tgparentid = 0
    loop
        execute pg_catalog.format('drop trigger if exists %I on %s', _trigger.name, _trigger.relation);
        commit;
    end loop;
end
$$;

begin;
set local search_path = pg_catalog, pg_temp;
set local client_min_messages = warning;

drop view if exists replica.status;
drop function if exists
    replica.log_change(), replica.log_change_pinned(),
    replica.log_key_change(), replica.log_key_change_pinned(),
    replica.log_row(), replica.log_row_pinned(),
    replica.begin_truncate(),
    replica.log_truncate(),
    replica.log_leaf_truncate(), replica.log_leaf_truncate_pinned()
    cascade;
drop procedure if exists replica.renew();
drop function if exists
    replica.was_overtaken(text, text),
    replica.as_now_sql(integer, text, text),
    replica.key_operator(oid, integer),
    replica.key_terms(regclass, smallint[]),
    replica.after_key_sql(regclass, smallint[]),
    replica.ring_doorbell(),
    replica.set_checkpoint(),
    replica.key_columns(regclass, regclass),
    replica.settings_matter(regclass),
    replica.image_matters(regclass),
    replica.foreign_keys_change(regclass),
    replica.needs_row_form(regclass),
    replica.refuse_untrackable(pg_class),
    replica.refuse_unreadable(regclass),
    replica.create_triggers(integer),
    replica.create_leaf_trigger(integer, regclass),
    replica.adopt_partition(integer, regclass, boolean),
    replica.renew_partitions(integer, boolean),
    replica.attend(integer),
    replica.request_copy(integer),
    replica.partition_rows_sql(regclass, regclass),
    replica.partitions(regclass),
    replica.drop_triggers(regclass),
    replica.stray_triggers(),
    replica.forget_dropped(),
    replica.track(regclass, regclass, boolean, boolean, boolean),
    replica.untrack(regclass),
    replica.track_all(regnamespace, boolean),
    replica.untrack_all(regnamespace),
    replica.renew_triggers(integer),
    replica.copy(regclass, text),
    replica.track_sequence(regclass),
    replica.untrack_sequence(regclass),
    replica.read_sequences(),
    replica.restart_log(),
    replica.execute(text),
    replica.begin_command(text),
    replica.end_command(text, text, json, json, integer[]),
    replica.free_keys(text),
    replica.is_locked(regclass),
    replica.fill_differs(regclass, smallint),
    replica.note_names(bigint),
    replica.log_command(text, text, json),
    replica.refuse_stale_snapshot(regclass),
    replica.read_chunk(integer, json, integer, integer),
    replica.read_row(integer, json);
do $$
begin
    -- Speaks of a type that may be gone already.
    if to_regtype('replica.tracked_table') is not null then
        drop function if exists
            replica.triggers_fit(replica.tracked_table),
            replica.partitions_fit(replica.tracked_table),
            replica.key_fits(replica.tracked_table),
            replica.names_fit(replica.tracked_table),
            replica.keep_former(replica.tracked_table, bigint),
            replica.adopt_key(replica.tracked_table, bigint),
            replica.attend_key(replica.tracked_table);
    end if;
end
$$;
drop table if exists replica.former_name, replica.tracked_sequence, replica.copy_request, replica.checkpoint, replica.replica_log, replica.tracked_partition, replica.tracked_table, replica.log_state;

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

commit;
