create table if not exists replica.checkpoint (
    seq bigint primary key,
    snapshot pg_snapshot not null,
    writer xid8 not null
);

comment on table replica.checkpoint is 'Positions on the way: a source that is far behind goes from one to the next, so that its batches stay small';
comment on column replica.checkpoint.seq is 'The log row at which it was taken';
comment on column replica.checkpoint.snapshot is 'pg_current_snapshot() of the writer, in which the writer itself counts as in progress';
comment on column replica.checkpoint.writer is 'The writer''s transaction';
