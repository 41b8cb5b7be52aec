create table if not exists replica.copy_request (
    request_id bigint primary key generated always as identity,
    table_id integer not null references replica.tracked_table on delete cascade,
    reason text not null check (reason in ('initial', 'track', 'copy')),
    slave text,
    requested_at timestamptz not null default now(),
    finished_at timestamptz
);

comment on table replica.copy_request is 'Tables to copy whole, in this order, while changes flow';
comment on column replica.copy_request.request_id is 'Order of the requests; grows';
comment on column replica.copy_request.table_id is 'The table';
comment on column replica.copy_request.reason is 'initial: the source''s first start; track: the table was tracked; copy: somebody asked';
comment on column replica.copy_request.slave is 'The only slave the copy is for (its slave.name); null for all';
comment on column replica.copy_request.requested_at is 'When it was asked for';
comment on column replica.copy_request.finished_at is 'When Kafka had acknowledged its last row, or snapshot.mode=never passed it over';
