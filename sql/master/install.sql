-- KReplica, master side: psql -d yourdb -f sql/master/install.sql
--
-- The order is a row's path. Running the script again brings an installation up to date; it keeps
-- the log and what is tracked. The role that runs it owns the schema and needs CREATE on the
-- database; a superuser is not needed. Then, for each table:  select replica.track('public.t');

\set ON_ERROR_STOP on

set client_min_messages = warning;
create schema if not exists replica;
comment on schema replica is 'KReplica: the log of changes, for the source connector to read';

-- What is kept
\ir tables/log_state.sql
\ir tables/tracked_table.sql
\ir tables/replica_log.sql
\ir tables/checkpoint.sql
\ir tables/copy_request.sql

-- Doorbell and checkpoints: the log wakes the source and measures its way
\ir functions/ring_doorbell.sql
\ir functions/set_checkpoint.sql

-- Capture: a change becomes a log row, in the writer's transaction
\ir functions/as_now_sql.sql
\ir functions/log_change.sql
\ir functions/log_key_change.sql
\ir functions/log_truncate.sql
\ir functions/pinned_variants.sql

-- What a person calls
\ir functions/foreign_keys_change.sql
\ir functions/refuse_untrackable.sql
\ir functions/key_columns.sql
\ir functions/settings_matter.sql
\ir functions/image_matters.sql
\ir functions/drop_triggers.sql
\ir functions/create_triggers.sql
\ir functions/track.sql
\ir functions/untrack.sql
\ir functions/copy.sql
\ir functions/restart_log.sql

-- What the source calls, besides reading the log
\ir functions/read_chunk.sql

-- What an operator looks at
\ir views/status.sql

-- Who may do what
\ir roles/replica_source.sql

reset client_min_messages;
