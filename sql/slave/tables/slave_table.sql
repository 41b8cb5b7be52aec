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
    let_go_at timestamptz,
    taken_back_at timestamptz,
    conflicts bigint not null default 0,
    last_conflict_at timestamptz,
    last_conflict text,
    altered text,
    primary key (log_id, source_table),
    constraint slave_table_ends_what_began
        check (copy_ended_at is null or copy_request is not null)
);

alter table replica.slave_table
    add column if not exists let_go_at timestamptz,
    add column if not exists taken_back_at timestamptz,
    add column if not exists conflicts bigint not null default 0,
    add column if not exists last_conflict_at timestamptz,
    add column if not exists last_conflict text,
    add column if not exists altered text;

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
comment on column replica.slave_table.let_go_at is
    'When word came that the master does not log its changes, for its log''s limit; null once a copy of it as it is logged again has begun.';
comment on column replica.slave_table.taken_back_at is
    'When word came that it logs them again, and will copy the table; null once that copy has begun.';
comment on column replica.slave_table.conflicts is
    'How many changes found another row here than the master had; counted where conflict.mode is warn.';
comment on column replica.slave_table.last_conflict_at is
    'When the last of them was overwritten.';
comment on column replica.slave_table.last_conflict is
    'What it was, and its key: missing, extra or changed.';
comment on column replica.slave_table.altered is
    'What was seen of its records being dropped or changed on their way here since the last copy began; null if nothing.';
