-- Where a table was found to differ from the master's, until it is found equal again.
create table if not exists replica.differing_range (
    log_id text not null
        references replica.replica_position on update cascade on delete cascade,
    source_table text not null,
    from_key jsonb not null,
    to_key jsonb not null,
    request bigint not null,
    by_text boolean not null,
    verified_at timestamptz not null default clock_timestamp(),
    snapshot pg_snapshot not null,
    batch text not null,
    master_rows bigint not null,
    slave_rows bigint not null,
    master_digest text not null,
    slave_digest text not null,
    primary key (log_id, source_table, from_key, to_key),
    constraint differing_range_differs
        check (master_rows <> slave_rows or master_digest <> slave_digest)
);

comment on table replica.differing_range is
    'Ranges of keys in which a table was found to differ from the master''s, until they are found equal again.';
comment on column replica.differing_range.log_id is
    'The identity of the master''s log.';
comment on column replica.differing_range.source_table is
    'The table''s name on the master.';
comment on column replica.differing_range.from_key is
    'The key behind which the range begins, JSON from column name to text; JSON null: with the first row.';
comment on column replica.differing_range.to_key is
    'The key with which it ends; JSON null: it has no end.';
comment on column replica.differing_range.request is
    'The master''s request that found it, see replica.check_request there.';
comment on column replica.differing_range.by_text is
    'Whether its keys are ordered by the code points of their texts.';
comment on column replica.differing_range.verified_at is
    'When it was compared.';
comment on column replica.differing_range.snapshot is
    'The position that was applied then.';
comment on column replica.differing_range.batch is
    'The batch behind which it was compared.';
comment on column replica.differing_range.master_rows is
    'How many rows the master had in it.';
comment on column replica.differing_range.slave_rows is
    'How many rows the slave had.';
comment on column replica.differing_range.master_digest is
    'The digest of the master''s rows, see replica.digest_range.';
comment on column replica.differing_range.slave_digest is
    'The digest of the slave''s.';
