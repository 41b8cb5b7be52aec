\set ON_ERROR_STOP on
-- The slave's half of KReplica. Run it in the slave database, as the role that shall own the schema
-- "replica" (any role that may create a schema there):
--
--     psql -d slave -f sql/slave/install.sql
--
-- Running it again changes nothing. It does not touch the replicated tables; grant the sink's role
-- its rights on them with
--
--     grant select, insert, update, delete, truncate on all tables in schema public to replica_sink;
--     grant select, update on all sequences in schema public to replica_sink;

-- All of it or nothing, whatever the session's settings.
begin;
set transaction isolation level read committed, read write;
set local search_path = pg_catalog, pg_temp;
set local standard_conforming_strings = on;

-- Schema
\ir ../refuse_foreign_schema.sql
\ir ../create_schema.sql

-- How far the slave is, and which of its tables are complete
\ir tables/replica_position.sql
\ir tables/slave_table.sql

-- What it refused
\ir tables/dead_letter.sql

-- What keeps a master's log out of its own database
\ir functions/is_own_log.sql

-- Where they differ from the master's
\ir tables/verification_run.sql
\ir tables/differing_range.sql

-- What both halves compute, to compare their tables
\ir ../shared/own_rows.sql
\ir ../shared/collation_order.sql
\ir ../shared/key_order.sql
\ir ../shared/digest_terms.sql
\ir ../shared/range_terms.sql
\ir ../shared/range_sql.sql
\ir ../shared/digest_range.sql
\ir functions/incomparable.sql
\ir functions/delete_others.sql

-- What an operator looks at
\ir views/slave_status.sql
\ir views/verification.sql

-- Which version of this script ran here
\ir views/slave_version.sql

-- Who may apply
\ir roles/replica_sink.sql

commit;
