-- The slave's half of KReplica. Run it in the slave database, as the role that shall own the schema
-- "replica" (any role that may create a schema there):
--
--     psql -d slave -f sql/slave/install.sql
--
-- Running it again changes nothing. It does not touch the replicated tables; grant the sink's role
-- its rights on them with
--
--     grant select, insert, update, delete, truncate on all tables in schema public to replica_sink;

-- Schema
-- The schema is shared with the master's half where a database is both; whoever comes first owns it.
do $$
begin
    if to_regnamespace('replica') is null then
        create schema replica;
        comment on schema replica is
            'KReplica: PostgreSQL replication over Kafka Connect. Holds no user data.';
    end if;
end
$$;

-- How far the slave is, and which of its tables are complete
-- How far this slave has come in a master's log. The sink moves the row in the same transaction that
-- applies a batch, so it is always exactly as true as the data.
create table if not exists replica.replica_position (
    log_id text primary key,
    topic text not null,
    partition integer not null,
    sink text not null,
    claim uuid not null,
    claimed_at timestamptz not null default now(),
    joined pg_snapshot not null,
    joined_at timestamptz not null default now(),
    snapshot pg_snapshot not null,
    epoch bigint not null default 0,
    batch text,
    kafka_offset bigint,
    updated_at timestamptz not null default now(),
    constraint replica_position_one_log_a_topic unique (topic, partition),
    constraint replica_position_snapshot_is_after_joined
        check (pg_snapshot_xmax(snapshot) >= pg_snapshot_xmax(joined))
);

comment on table replica.replica_position is
    'How far this slave has come, one row a log. Moved in the transaction that applies a batch.';
comment on column replica.replica_position.log_id is
    'The identity of the master''s log.';
comment on column replica.replica_position.topic is
    'The topic that carries the log.';
comment on column replica.replica_position.partition is
    'The partition of the topic; always 0.';
comment on column replica.replica_position.sink is
    'The name of the sink connector that applies this log here; any other is refused.';
comment on column replica.replica_position.claim is
    'Drawn by each start of that connector''s task; a task that finds another claim here stops.';
comment on column replica.replica_position.claimed_at is
    'When the task started.';
comment on column replica.replica_position.joined is
    'Where the slave joined the log. 1:1: is its beginning: nothing was missed.';
comment on column replica.replica_position.joined_at is
    'When the slave joined.';
comment on column replica.replica_position.snapshot is
    'The master''s transactions that are applied here: all that this snapshot shows as ended.';
comment on column replica.replica_position.epoch is
    'The epoch of the source that sent the last applied batch; records of older epochs are ignored.';
comment on column replica.replica_position.batch is
    'The last applied batch.';
comment on column replica.replica_position.kafka_offset is
    'The offset of its commit marker; reading goes on behind it.';
comment on column replica.replica_position.updated_at is
    'When it was applied.';
-- The tables that the sink has met, and how far the copy of each has come.
create table if not exists replica.slave_table (
    log_id text not null
        references replica.replica_position on update cascade on delete cascade,
    source_table text not null,
    slave_table text not null,
    met_at timestamptz not null default now(),
    copy_request bigint,
    copy_began_at timestamptz,
    copy_ended_at timestamptz,
    primary key (log_id, source_table),
    constraint slave_table_ends_what_began
        check (copy_ended_at is null or copy_request is not null)
);

comment on table replica.slave_table is
    'The tables that the sink has met, and the last copy of each.';
comment on column replica.slave_table.log_id is
    'The identity of the master''s log.';
comment on column replica.slave_table.source_table is
    'The table''s name on the master.';
comment on column replica.slave_table.slave_table is
    'Its name here; differs where the sink''s table.map says so.';
comment on column replica.slave_table.met_at is
    'When its first change arrived.';
comment on column replica.slave_table.copy_request is
    'The number of the last copy request whose rows arrived.';
comment on column replica.slave_table.copy_began_at is
    'When that copy emptied the table and brought the first rows.';
comment on column replica.slave_table.copy_ended_at is
    'When it brought the last rows; null while it is under way.';

-- What an operator looks at
-- One row a table: is it complete, and how old is what it shows?
create or replace view replica.slave_status as
select
    t.source_table,
    t.slave_table,
    case
        when t.copy_ended_at is not null then 'complete'
        when t.copy_began_at is null and p.joined::text = '1:1:' then 'complete'
        when t.copy_began_at is null then 'waiting for a copy'
        else 'copying'
    end as state,
    t.copy_request,
    t.copy_began_at,
    t.copy_ended_at,
    p.sink,
    p.topic,
    p.log_id,
    p.snapshot,
    p.batch,
    p.kafka_offset,
    p.updated_at
from replica.replica_position as p
left join replica.slave_table as t using (log_id);

comment on view replica.slave_status is
    'For operators: each table that the sink has met, whether it is complete, and how far the log is applied.';
comment on column replica.slave_status.state is
    'complete; copying: a copy has begun and not ended; waiting for a copy: the slave joined after the log''s beginning and no copy has arrived.';

-- Which version of this script ran here
-- Grows with every change of what this script installs; the sink compares it with its own.
create or replace view replica.slave_version as
select 1 as version;

comment on view replica.slave_version is
    'The version of the slave''s script; the sink works with exactly one.';

-- Who may apply
-- The group role of all sinks: create login roles in it. Roles belong to the whole server, and the
-- right to set session_replication_role can only be given by a superuser and from PostgreSQL 15 on,
-- so whatever is not possible here is said in a notice, with the remedy, and left out.
do $$
begin
    if not exists (select from pg_roles where rolname = 'replica_sink') then
        create role replica_sink nologin;
        comment on role replica_sink is 'KReplica: group role of the sinks that apply to this slave.';
    end if;
exception
    when insufficient_privilege then
        raise notice 'The role replica_sink does not exist and you may not create it.'
            using hint = 'Ask a superuser to run: create role replica_sink nologin'
                || ' - and run this script again.';
    when duplicate_object or unique_violation then
        raise notice 'The role replica_sink was created by somebody else meanwhile.';
end
$$;

do $$
begin
    if exists (select from pg_roles where rolname = 'replica_sink') then
        grant usage on schema replica to replica_sink;
        grant select, insert, update, delete on replica.replica_position to replica_sink;
        grant select, insert, update, delete on replica.slave_table to replica_sink;
        grant select on replica.slave_status, replica.slave_version to replica_sink;
    end if;
exception
    when insufficient_privilege then
        raise notice 'You may not grant replica_sink its rights on the schema replica.'
            using hint = 'Run this script again as the owner of the schema.';
end
$$;

do $$
begin
    if current_setting('server_version_num')::integer < 150000 then
        raise notice 'Before PostgreSQL 15 the right to set session_replication_role cannot be granted.'
            using hint = 'Ask a superuser to run, for the role that the sink connects as:'
                || ' alter role <sink''s login role> set session_replication_role = replica';
    elsif exists (select from pg_roles where rolname = 'replica_sink') then
        execute 'grant set on parameter session_replication_role to replica_sink';
    end if;
exception
    when insufficient_privilege then
        raise notice 'You may not grant the right to set session_replication_role.'
            using hint = 'Ask a superuser to run:'
                || ' grant set on parameter session_replication_role to replica_sink';
end
$$;
