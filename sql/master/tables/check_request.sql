create table if not exists replica.check_request (
    request_id bigint primary key generated always as identity,
    table_id integer not null references replica.tracked_table on delete cascade,
    kind text not null check (kind in ('verify', 'repair', 'interval')),
    slave text,
    ranges jsonb check (jsonb_typeof(ranges) = 'array'),
    rows_per_range integer not null check (rows_per_range > 0),
    by_text boolean not null default false,
    requested_at timestamptz not null default now(),
    finished_at timestamptz
);

comment on table replica.check_request is 'Tables to compare with their slaves, or to repair there, range by range while changes flow; those of a kind in this order';
comment on column replica.check_request.request_id is 'Order of the requests; grows';
comment on column replica.check_request.table_id is 'The table';
comment on column replica.check_request.kind is 'verify and repair: somebody asked; interval: the source''s verify.interval.ms had passed';
comment on column replica.check_request.slave is 'The only slave it is for (its slave.name); null for all';
comment on column replica.check_request.ranges is 'The ranges of keys, each with the key it begins behind (from) and the key it ends with (to), as JSON from column name to text, or null; null for the whole table';
comment on column replica.check_request.rows_per_range is 'Larger ranges are taken in pieces of so many rows';
comment on column replica.check_request.by_text is 'Whether keys are ordered by the code points of their texts, which is the same order on every server';
comment on column replica.check_request.requested_at is 'When it was asked for';
comment on column replica.check_request.finished_at is 'When Kafka had acknowledged its last range';
