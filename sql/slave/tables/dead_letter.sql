-- The rows that transactions changed which the slave refused and the sink set aside. Those not settled
-- are where this slave differs from its master.
create table if not exists replica.dead_letter (
    log_id text not null
        references replica.replica_position on update cascade on delete cascade,
    source_table text not null,
    row_key text not null,
    xid xid8 not null,
    batch text not null,
    reason text not null,
    set_aside_at timestamptz not null default clock_timestamp(),
    settled_at timestamptz,
    settled_xid xid8,
    primary key (log_id, source_table, row_key)
);

comment on table replica.dead_letter is
    'The rows whose last change but those since was in a transaction that the sink set aside, in the dead letter queue.';
comment on column replica.dead_letter.log_id is
    'The identity of the master''s log.';
comment on column replica.dead_letter.source_table is
    'The table''s name on the master.';
comment on column replica.dead_letter.row_key is
    'The row''s key, as column=value; empty for a TRUNCATE.';
comment on column replica.dead_letter.xid is
    'The master''s transaction that was set aside.';
comment on column replica.dead_letter.batch is
    'The batch that it came with.';
comment on column replica.dead_letter.reason is
    'What the slave refused, and the remedy.';
comment on column replica.dead_letter.set_aside_at is
    'When it was set aside.';
comment on column replica.dead_letter.settled_at is
    'When a later change or copy made the row the master''s again; null as long as it may differ.';
comment on column replica.dead_letter.settled_xid is
    'The master''s transaction that did; 0 for a copy.';
