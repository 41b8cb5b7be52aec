create table if not exists replica.tracked_sequence (
    relation regclass primary key,
    name text not null,
    tracked_at timestamptz not null default now()
);

comment on table replica.tracked_sequence is 'Sequences whose values travel with the changes; those that columns of tracked tables own do so without standing here';
comment on column replica.tracked_sequence.relation is 'The sequence; follows a rename';
comment on column replica.tracked_sequence.name is 'schema.sequence when it was tracked';
comment on column replica.tracked_sequence.tracked_at is 'When track_sequence was called';
