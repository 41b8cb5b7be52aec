drop view if exists replica.status;
create view replica.status as
select
    s.log_id,
    s.schema_version,
    (select count(*)
     from replica.tracked_table t
     join pg_catalog.pg_class c on c.oid = t.relation
     where t.untracked_at is null) as tracked_tables,
    (select count(*)
     from replica.tracked_table t
     join pg_catalog.pg_class c on c.oid = t.relation
     where t.untracked_at is null and replica.is_unfit(t)) as tables_to_renew,
    (select count(*)
     from replica.tracked_table t
     where t.untracked_at is null and t.let_go_at is not null) as tables_let_go,
    (select count(*)
     from replica.copy_request r
     join replica.tracked_table t using (table_id)
     join pg_catalog.pg_class c on c.oid = t.relation
     where r.finished_at is null) as pending_copies,
    (select count(*)
     from replica.check_request r
     join replica.tracked_table t using (table_id)
     join pg_catalog.pg_class c on c.oid = t.relation
     where r.finished_at is null) as pending_checks,
    backlog.rows as backlog_rows,
    pg_catalog.pg_total_relation_size('replica.replica_log') as log_bytes,
    s.log_limit_bytes,
    coalesce(pg_catalog.pg_total_relation_size('replica.replica_log') > s.log_limit_bytes, false) as is_over_limit,
    coalesce(now() - backlog.oldest, interval '0') as backlog_age,
    (select pg_catalog.format('%s (pid %s)', a.application_name, l.pid)
     from pg_catalog.pg_locks l
     left join pg_catalog.pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.classid = 19282 and l.objid = 2 and l.granted
       and l.database = (select d.oid from pg_catalog.pg_database d
                         where d.datname = pg_catalog.current_database())
     limit 1) as listener,
    exists (select
            from pg_catalog.pg_event_trigger e
            where e.evtname = 'replica_log_ddl' and e.evtenabled in ('O', 'A')) as captures_ddl,
    (select count(*) from replica.missed_command) as missed_commands,
    s.epoch,
    s.confirmed,
    s.confirmed_at
from replica.log_state s
cross join lateral (
    select count(*) as rows, min(l.ts) as oldest
    from replica.replica_log l
    where s.confirmed is null or not pg_catalog.pg_visible_in_snapshot(l.xid, s.confirmed)
) as backlog;

comment on view replica.status is 'How replication stands, seen from the master: one row';
comment on column replica.status.log_id is 'Identity of the log';
comment on column replica.status.schema_version is 'Version of the installed script';
comment on column replica.status.tracked_tables is 'How many tables are tracked, see replica.tracked_table';
comment on column replica.status.tables_to_renew is 'How many of them need new triggers, see replica.renew: altered by columns of other types or foreign keys with actions, or tracked by an older version of the script; or to be let go or taken back because of the log''s limit';
comment on column replica.status.tables_let_go is 'How many of them are not logged for now, because the log was beyond its limit; they will be copied again';
comment on column replica.status.pending_copies is 'How many copies are asked for or under way, see replica.copy_request';
comment on column replica.status.pending_checks is 'How many verifications and repairs are asked for or under way, see replica.check_request';
comment on column replica.status.backlog_rows is 'Log rows that Kafka has not acknowledged (committed ones)';
comment on column replica.status.log_bytes is 'Size of the log on disk, its index included';
comment on column replica.status.log_limit_bytes is 'What it may take, see replica.log_state; null if there is no limit';
comment on column replica.status.is_over_limit is 'Whether it takes more';
comment on column replica.status.backlog_age is 'Age of the oldest of those rows';
comment on column replica.status.listener is 'The source that reads the log, and its backend; null if there is none';
comment on column replica.status.captures_ddl is 'Whether commands that change tracked tables are logged by themselves, see replica.capture_ddl';
comment on column replica.status.missed_commands is 'How many of them could not be logged, see replica.missed_command';
comment on column replica.status.epoch is 'How often a source has started';
comment on column replica.status.confirmed is 'Position up to which Kafka has acknowledged the log';
comment on column replica.status.confirmed_at is 'When it was confirmed';
