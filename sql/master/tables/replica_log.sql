-- No CHECK constraints and no triggers here: each costs every captured statement some microseconds.
create table if not exists replica.replica_log (
    seq bigint not null generated always as identity (cache 1),
    xid xid8 not null default pg_current_xact_id(),
    table_id integer not null,
    op "char" not null,
    row json,
    image text,
    old json,
    ts timestamptz not null default clock_timestamp()
) with (
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 20000,
    autovacuum_vacuum_insert_scale_factor = 0.2,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 50000
);

-- Installations of version 1 of the script
alter table replica.replica_log add column if not exists old json;

create index if not exists replica_log_xid on replica.replica_log (xid);

comment on table replica.replica_log is 'Every change of a tracked table, written by its triggers in the transaction that made it';
comment on column replica.replica_log.seq is 'Drawn when the row is logged, after the change has its lock; cached nowhere, so that it respects the order of locks';
comment on column replica.replica_log.xid is 'The transaction (top level), by which the source decides what is new';
comment on column replica.replica_log.table_id is 'The table, see replica.tracked_table; 0 for a schema command';
comment on column replica.replica_log.op is 'I insert, U update, D delete, T truncate; u the row as it is now, d it is gone by now; S schema command';
comment on column replica.replica_log.row is 'The new row; for D and d the old row, of which the key counts; for S the command, its search path and settings';
comment on column replica.replica_log.image is 'The same row in PostgreSQL''s record text, where JSON would not bring every value back';
comment on column replica.replica_log.old is 'The row before the change as JSON, where the table is tracked with old_image; null for an insert';
comment on column replica.replica_log.ts is 'When the row was logged';
comment on index replica.replica_log_xid is 'The only index: batches are ranges of transactions';
