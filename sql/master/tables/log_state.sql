create table if not exists replica.log_state (
    singleton boolean primary key default true check (singleton),
    log_id uuid not null default gen_random_uuid(),
    schema_version integer not null,
    system_identifier bigint not null,
    database oid,
    own_oid oid,
    doorbell_rings boolean not null default true,
    epoch bigint not null default 0,
    reader uuid,
    topic text,
    confirmed pg_snapshot,
    confirmed_at timestamptz,
    log_limit_bytes bigint check (log_limit_bytes > 0),
    log_limit_policy text not null default 'warn' check (log_limit_policy in ('warn', 'stop_capture')),
    check ((confirmed is null) = (confirmed_at is null))
);

-- Installations of version 1 of the script
alter table replica.log_state
    add column if not exists database oid,
    add column if not exists own_oid oid,
    add column if not exists reader uuid,
    add column if not exists topic text,
    add column if not exists log_limit_bytes bigint check (log_limit_bytes > 0),
    add column if not exists log_limit_policy text not null default 'warn'
        check (log_limit_policy in ('warn', 'stop_capture'));

comment on table replica.log_state is 'What the log is and how far it has been read: one row';
comment on column replica.log_state.singleton is 'Always true: there is one row';
comment on column replica.log_state.log_id is 'Identity of this log; slaves and source offsets belong to it';
comment on column replica.log_state.schema_version is 'Version of the installed script, which the source connector compares with its own';
comment on column replica.log_state.system_identifier is 'The cluster the log was written in; differs after a restore into another cluster, whose transaction ids start anew';
comment on column replica.log_state.database is 'The database the log was written in, which a rename does not change; differs in a copy of it in the same cluster';
comment on column replica.log_state.own_oid is 'This table''s OID, which a dump does not keep; differs after a restore, into the same database too';
comment on column replica.log_state.doorbell_rings is 'False where NOTIFY does not go with two-phase commit: the source then polls, from its next start on';
comment on column replica.log_state.epoch is 'Counts the starts of the source; fences what a predecessor still sends';
comment on column replica.log_state.reader is 'The task of the source that started last: it knows its own epoch even if the answer was lost';
comment on column replica.log_state.topic is 'The topic that the source that started last sends to: another one lacks what was pruned since';
comment on column replica.log_state.confirmed is 'Position up to which Kafka has acknowledged the log; the rows below it are pruned';
comment on column replica.log_state.confirmed_at is 'When the source last confirmed a position';
comment on column replica.log_state.log_limit_bytes is 'What the log may take on disk before log_limit_policy applies; null for as much as there is';
comment on column replica.log_state.log_limit_policy is 'What becomes of a log beyond its limit: warn says so; stop_capture lets the tracked tables go, and copies them again once there is room';

insert into replica.log_state (schema_version, system_identifier, database, own_oid)
select 2, c.system_identifier, d.oid, 'replica.log_state'::regclass::oid
from pg_control_system() c
join pg_database d on d.datname = current_database()
on conflict (singleton) do update
set schema_version = excluded.schema_version,
    database = coalesce(log_state.database, excluded.database),
    own_oid = coalesce(log_state.own_oid, excluded.own_oid);
