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
