-- Takes KReplica's master side out of a database: triggers, log and all. Unread changes are lost.
--   psql -d yourdb -f sql/master/uninstall.sql

\set ON_ERROR_STOP on

-- The event triggers first, as they look at what the rest of this script does. Then the triggers, one table
-- at a time, so that applications write on meanwhile: without triggers nothing of theirs needs the rest. This
-- side never waits as long as the detector of deadlocks does, which might end an application's transaction; it
-- gives up, lets the others pass, and tries again, for a minute or as long as the session's setting
-- replica.patience says.
-- A procedure that commits cannot pin its search path: every name is qualified.
do $$
declare
    _table record;
    _trigger pg_catalog.name;
    _deadline timestamptz;
    _patience constant interval :=
        coalesce(nullif(pg_catalog.current_setting('replica.patience', true), ''), '1min')::interval;
    _timeout constant text := (
        select greatest(10, least(100, s.setting::integer / 8))
        from pg_catalog.pg_settings s
        where s.name = 'deadlock_timeout');
    _holders text;
begin
    begin
        set local client_min_messages = warning;
        drop event trigger if exists replica_log_ddl;
        drop event trigger if exists replica_log_drop;
        drop event trigger if exists replica_note_rewrite;
    exception when insufficient_privilege then
        raise exception 'Cannot uninstall: schema commands are captured, and role % may not drop event triggers', current_user
            using errcode = 'insufficient_privilege',
                  hint = 'Let the role that began it run: select replica.capture_ddl(false);';
    end;
    commit;

    for _table in
        select g.tgrelid::pg_catalog.regclass as relation, pg_catalog.array_agg(g.tgname) as triggers
        from pg_catalog.pg_trigger g
        join pg_catalog.pg_proc p on p.oid = g.tgfoid
        join pg_catalog.pg_namespace n on n.oid = p.pronamespace
        join pg_catalog.pg_class c on c.oid = g.tgrelid
        where n.nspname = 'replica' and g.tgparentid operator(pg_catalog.=) 0
        group by g.tgrelid, c.relispartition
        order by c.relispartition, g.tgrelid
    loop
        _deadline := pg_catalog.clock_timestamp() + _patience;
        loop
            begin
                perform pg_catalog.set_config('lock_timeout', _timeout, true);
                foreach _trigger in array _table.triggers
                loop
                    execute pg_catalog.format('drop trigger if exists %I on %s', _trigger, _table.relation);
                end loop;
                -- Should this end before its end, the rest is tracked still, and what is not says so.
                if pg_catalog.to_regclass('replica.tracked_table') is not null then
                    update replica.tracked_table t
                    set untracked_at = pg_catalog.now()
                    where t.relation = _table.relation and t.untracked_at is null;
                end if;
                _deadline := null;
            exception when lock_not_available or deadlock_detected then
                null;
            end;
            commit;
            exit when _deadline is null;

            if pg_catalog.clock_timestamp() > _deadline then
                select pg_catalog.string_agg(distinct pg_catalog.format('%s (%s, since %s)', l.pid, a.application_name, a.xact_start), ', ')
                into _holders
                from pg_catalog.pg_locks l
                left join pg_catalog.pg_stat_activity a on a.pid = l.pid
                where l.granted and l.pid <> pg_catalog.pg_backend_pid()
                  and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
                  and l.relation in (select p.relid from pg_catalog.pg_partition_tree(_table.relation) p
                                     union select _table.relation);
                raise exception 'Cannot take the triggers off %: open transactions hold it, of processes %',
                        _table.relation, coalesce(_holders, 'unknown')
                    using errcode = 'lock_not_available',
                          hint = 'It is logged as before. Wait until they end, or end them, and run the script again.';
            end if;
            perform pg_catalog.pg_sleep(0.2);
        end loop;
    end loop;
end
$$;

begin;
set local search_path = pg_catalog, pg_temp;
set local client_min_messages = warning;

drop view if exists replica.status, replica.open_transactions;
drop procedure if exists replica.renew();
drop function if exists
    replica.log_change(), replica.log_change_pinned(),
    replica.log_key_change(), replica.log_key_change_pinned(),
    replica.log_row(), replica.log_row_pinned(),
    replica.begin_truncate(),
    replica.log_truncate(),
    replica.log_leaf_truncate(), replica.log_leaf_truncate_pinned(),
    replica.was_overtaken(text, text),
    replica.as_now_sql(integer, text, text),
    replica.as_now_sql(integer, text),
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
    replica.is_held_back(regclass),
    replica.refuse_held_back(regclass, text),
    replica.refuse_untrackable(pg_class),
    replica.refuse_unreadable(regclass),
    replica.strangers(regclass),
    replica.refuse_strangers(regclass),
    replica.trust(regrole),
    replica.distrust(regrole),
    replica.create_triggers(integer),
    replica.create_leaf_trigger(integer, regclass),
    replica.adopt_partition(integer, regclass, boolean),
    replica.renew_partitions(integer, boolean),
    replica.attend(integer),
    replica.attend_log(),
    replica.let_go(integer),
    replica.request_copy(integer),
    replica.partition_rows_sql(regclass, regclass),
    replica.partitions(regclass),
    replica.lock_tree(regclass),
    replica.drop_triggers(regclass),
    replica.stray_triggers(),
    replica.forget_dropped(),
    replica.find_key(integer),
    replica.note_partitions(integer),
    replica.find_restored(),
    replica.track(regclass, regclass, boolean, boolean, boolean),
    replica.track(regclass, regclass, boolean),
    replica.untrack(regclass),
    replica.track_all(regnamespace, boolean),
    replica.untrack_all(regnamespace),
    replica.renew_triggers(integer),
    replica.copy(regclass, text),
    replica.request_check(regclass, text, jsonb, text, integer, boolean),
    replica.verify(regclass, text, integer, jsonb, boolean),
    replica.repair(regclass, text, integer, jsonb, boolean),
    replica.stored_bytes_sql(regclass),
    replica.read_range(integer, jsonb, jsonb, integer, bigint, bigint, boolean, text[]),
    replica.read_rows(integer, jsonb, jsonb, boolean, integer),
    replica.track_sequence(regclass),
    replica.untrack_sequence(regclass),
    replica.read_sequences(),
    replica.restart_log(),
    replica.has_primary_key(regclass),
    replica.execute(text, boolean),
    replica.begin_command(text, boolean),
    replica.end_command(text, text, json, json, integer[]),
    replica.free_keys(text),
    replica.is_locked(regclass),
    replica.fill_differs(regclass, smallint),
    replica.note_names(bigint),
    replica.log_command(text, text, json),
    replica.command_settings(),
    replica.table_shape(regclass),
    replica.using_differs(text),
    replica.is_exempt(),
    replica.client_role(),
    replica.command_path(text, name),
    replica.altered_tables(),
    replica.tables_of_types(),
    replica.types_beside_tables(),
    replica.partition_command(regclass),
    replica.new_partitions(text),
    replica.is_one_command(text, text),
    replica.why_not_alone(text, text, text),
    replica.note_missed(text, text[], text),
    replica.follow_command(bigint, integer[]),
    replica.capture_command(text, text, text, name),
    replica.log_ddl(),
    replica.log_drop(),
    replica.note_rewrite(),
    replica.capture_ddl(boolean),
    replica.refuse_stale_snapshot(regclass),
    replica.read_chunk(integer, json, integer, integer),
    replica.read_chunk(integer, json, integer),
    replica.read_row(integer, json);
do $$
begin
    -- Speaks of a type that may be gone already.
    if to_regtype('replica.tracked_table') is not null then
        drop function if exists
            replica.rows_sql(replica.tracked_table, text, text),
            replica.is_unfit(replica.tracked_table),
            replica.may_capture(replica.tracked_table),
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
drop table if exists replica.missed_command, replica.trusted_owner, replica.former_name, replica.tracked_sequence, replica.copy_request, replica.check_request, replica.checkpoint, replica.replica_log, replica.tracked_partition, replica.tracked_table, replica.log_state;

\ir ../shared/uninstall.sql

\ir ../drop_schema.sql

set local replica.role = 'replica_source';
\ir ../drop_role.sql

commit;
