-- KReplica, master side: psql -d yourdb -f sql/master/install.sql
--
-- The order is a row's path. Running the script again brings an installation up to date, while
-- applications write; it keeps the log and what is tracked. The role that runs it owns the schema and
-- needs CREATE on the database; a superuser is not needed. Then:  select replica.track('public.t'), or
-- select * from replica.track_all('public').

\set ON_ERROR_STOP on

-- All of it or nothing, whatever the session's settings.
begin;
set transaction isolation level read committed, read write;
set local search_path = pg_catalog, pg_temp;
set local client_min_messages = warning;
set local standard_conforming_strings = on;

\ir ../refuse_foreign_schema.sql
\ir wait_for_writers.sql
\ir ../create_schema.sql

-- What is kept
\ir tables/log_state.sql
\ir tables/tracked_table.sql
\ir tables/tracked_partition.sql
\ir tables/replica_log.sql
\ir tables/checkpoint.sql
\ir tables/copy_request.sql
\ir tables/check_request.sql
\ir tables/former_name.sql
\ir tables/tracked_sequence.sql
\ir tables/missed_command.sql
\ir tables/trusted_owner.sql

-- Functions whose parameters were others in version 1 of the script
drop function if exists replica.track(regclass, regclass, boolean);
drop function if exists replica.read_chunk(integer, json, integer);

-- Doorbell and checkpoints: the log wakes the source and measures its way
\ir functions/ring_doorbell.sql
\ir functions/set_checkpoint.sql

-- Capture: a change becomes a log row, in the writer's transaction
\ir functions/was_overtaken.sql
\ir functions/key_operator.sql
\ir functions/key_terms.sql
\ir functions/as_now_sql.sql
\ir functions/log_change.sql
\ir functions/log_key_change.sql
\ir functions/log_row.sql
\ir functions/request_copy.sql
\ir functions/partition_rows_sql.sql
\ir functions/begin_truncate.sql
\ir functions/log_truncate.sql
\ir functions/log_leaf_truncate.sql
\ir functions/pinned_variants.sql

-- Schema changes: logged at their place among the rows
\ir functions/log_command.sql
\ir functions/command_settings.sql

-- What a person calls
\ir functions/foreign_keys_change.sql
\ir functions/needs_row_form.sql
\ir functions/partitions.sql
\ir functions/partitions_fit.sql
\ir functions/is_held_back.sql
\ir functions/refuse_held_back.sql
\ir functions/refuse_untrackable.sql
\ir functions/refuse_unreadable.sql
\ir functions/strangers.sql
\ir functions/refuse_strangers.sql
\ir functions/key_columns.sql
\ir functions/settings_matter.sql
\ir functions/image_matters.sql
\ir functions/lock_tree.sql
\ir functions/drop_triggers.sql
\ir functions/create_leaf_trigger.sql
\ir functions/create_triggers.sql
\ir functions/has_primary_key.sql
\ir functions/key_fits.sql
\ir functions/names_fit.sql
\ir functions/keep_former.sql
\ir functions/note_names.sql
\ir functions/adopt_partition.sql
\ir functions/renew_partitions.sql
\ir functions/triggers_fit.sql
\ir functions/may_capture.sql
\ir functions/is_unfit.sql
\ir functions/let_go.sql
\ir functions/stray_triggers.sql
\ir functions/find_key.sql
\ir functions/note_partitions.sql
\ir functions/find_restored.sql
\ir functions/forget_dropped.sql
\ir functions/track.sql
\ir functions/untrack.sql
\ir functions/trust.sql
\ir functions/distrust.sql
\ir functions/renew_triggers.sql
\ir functions/renew.sql
\ir functions/track_all.sql
\ir functions/untrack_all.sql
\ir functions/copy.sql
\ir functions/request_check.sql
\ir functions/verify.sql
\ir functions/repair.sql
\ir functions/track_sequence.sql
\ir functions/untrack_sequence.sql
\ir functions/restart_log.sql
\ir functions/begin_command.sql
\ir functions/free_keys.sql
\ir functions/is_locked.sql
\ir functions/adopt_key.sql
\ir functions/fill_differs.sql
\ir functions/using_differs.sql
\ir functions/end_command.sql
\ir functions/execute.sql

-- Event triggers: schema changes that are logged by themselves
\ir functions/table_shape.sql
\ir functions/is_exempt.sql
\ir functions/client_role.sql
\ir functions/command_path.sql
\ir functions/altered_tables.sql
\ir functions/tables_of_types.sql
\ir functions/types_beside_tables.sql
\ir functions/partition_command.sql
\ir functions/new_partitions.sql
\ir functions/is_one_command.sql
\ir functions/why_not_alone.sql
\ir functions/note_missed.sql
\ir functions/follow_command.sql
\ir functions/capture_command.sql
\ir functions/log_ddl.sql
\ir functions/log_drop.sql
\ir functions/note_rewrite.sql
\ir functions/capture_ddl.sql

-- What both halves compute, to compare their tables
\ir ../shared/own_rows.sql
\ir ../shared/collation_order.sql
\ir ../shared/key_order.sql
\ir ../shared/digest_terms.sql
\ir ../shared/range_terms.sql
\ir ../shared/range_sql.sql
\ir ../shared/digest_range.sql

-- What the source calls, besides reading the log
\ir functions/attend_key.sql
\ir functions/attend.sql
\ir functions/attend_log.sql
\ir functions/after_key_sql.sql
\ir functions/refuse_stale_snapshot.sql
\ir functions/stored_bytes_sql.sql
\ir functions/rows_sql.sql
\ir functions/read_chunk.sql
\ir functions/read_row.sql
\ir functions/read_range.sql
\ir functions/read_rows.sql
\ir functions/read_sequences.sql

-- What an operator looks at
\ir views/status.sql
\ir views/open_transactions.sql

-- Who may do what
\ir roles/replica_source.sql

commit;

-- Triggers that an older version made go on working; they are made anew one table at a time, each in a
-- transaction of its own, and left as they are where a table is busy.
call replica.renew();

-- What captures of version 1 called: no statement that began before this script is running one any more.
do $$
begin
    if to_regprocedure('replica.as_now_sql(integer, text)') is not null then
        drop function replica.as_now_sql(integer, text);
    end if;
end
$$;
