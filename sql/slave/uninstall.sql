\set ON_ERROR_STOP on
-- Removes what install.sql created, and what replica_sink was granted in this database. The replicated
-- tables stay as they are, and the logins in that role. Stop the sink first.
--   psql -d slave -f sql/slave/uninstall.sql

begin;
set local search_path = pg_catalog, pg_temp;
set local client_min_messages = warning;

drop view if exists replica.slave_version, replica.verification, replica.slave_status;
drop function if exists
    replica.is_own_log(text),
    replica.incomparable(regclass, text[], text[], boolean, text[], text[]),
    replica.delete_others(regclass, text[], boolean, jsonb, jsonb, text[]);
drop table if exists replica.differing_range, replica.verification_run, replica.dead_letter, replica.slave_table, replica.replica_position;

\ir ../shared/uninstall.sql

\ir ../drop_schema.sql

set local replica.role = 'replica_sink';
\ir ../drop_role.sql

commit;
