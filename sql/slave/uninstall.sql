\set ON_ERROR_STOP on
-- Removes what install.sql created, and what replica_sink was granted in this database. The replicated
-- tables stay as they are, and the logins in that role. Stop the sink first.
--   psql -d slave -f sql/slave/uninstall.sql

begin;
set local search_path = pg_catalog, pg_temp;
set local client_min_messages = warning;

drop view if exists replica.slave_version, replica.slave_status;
drop function if exists replica.is_own_log(text);
drop table if exists replica.dead_letter, replica.slave_table, replica.replica_position;

\ir ../drop_schema.sql

set local replica.role = 'replica_sink';
\ir ../drop_role.sql

commit;
