create table if not exists replica.tracked_partition (
    relation regclass primary key,
    table_id integer not null references replica.tracked_table on delete cascade,
    is_leaf boolean not null,
    attached text not null,
    adopted_at timestamptz not null default now()
);

comment on table replica.tracked_partition is 'Partitions of tracked tables that are known: those whose rows the log has, and whose TRUNCATE it sees';
comment on column replica.tracked_partition.relation is 'The partition, of whatever level';
comment on column replica.tracked_partition.table_id is 'The tracked table at the root';
comment on column replica.tracked_partition.is_leaf is 'Whether it holds rows itself';
comment on column replica.tracked_partition.attached is 'Transactions that attached it to its parent, the parent to the next, up to the root: others mean that it was attached anew';
comment on column replica.tracked_partition.adopted_at is 'When it became known';
