-- How each table's verification went: one row for each way in which it is asked for.
create table if not exists replica.verification_run (
    log_id text not null
        references replica.replica_position on update cascade on delete cascade,
    source_table text not null,
    kind text not null check (kind in ('verify', 'repair', 'interval')),
    request bigint not null,
    slave text not null,
    began_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    reached jsonb,
    gapless boolean not null default true,
    ranges bigint not null default 0,
    rows bigint not null default 0,
    differing bigint not null default 0,
    repaired bigint not null default 0,
    not_compared text,
    good_at timestamptz,
    good_snapshot pg_snapshot,
    primary key (log_id, source_table, kind),
    constraint verification_run_good_at_a_position
        check ((good_at is null) = (good_snapshot is null))
);

comment on table replica.verification_run is
    'How the verification of each table went or goes: the last request of each kind.';
comment on column replica.verification_run.log_id is
    'The identity of the master''s log.';
comment on column replica.verification_run.source_table is
    'The table''s name on the master.';
comment on column replica.verification_run.kind is
    'verify and repair: somebody asked on the master; interval: the source''s verify.interval.ms had passed.';
comment on column replica.verification_run.request is
    'The master''s request, see replica.check_request there.';
comment on column replica.verification_run.slave is
    'The slave.name of the sink that compares, by which a repair is addressed to it.';
comment on column replica.verification_run.began_at is
    'When its first range was compared.';
comment on column replica.verification_run.ended_at is
    'When its last range was; null while it is under way.';
comment on column replica.verification_run.reached is
    'The key with which the last range ended; JSON null at the table''s end.';
comment on column replica.verification_run.gapless is
    'Whether each of its ranges began where the one before had ended.';
comment on column replica.verification_run.ranges is
    'How many ranges were compared.';
comment on column replica.verification_run.rows is
    'How many rows the master had in them.';
comment on column replica.verification_run.differing is
    'How many ranges differed, or still do behind a repair.';
comment on column replica.verification_run.repaired is
    'How many ranges that differed a repair has made equal.';
comment on column replica.verification_run.not_compared is
    'Why ranges were not compared, if any were not.';
comment on column replica.verification_run.good_at is
    'When the whole table was last found equal, range by range.';
comment on column replica.verification_run.good_snapshot is
    'The position at which the last of those ranges was.';
