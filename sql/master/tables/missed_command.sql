create table if not exists replica.missed_command (
    command_id bigint primary key generated always as identity,
    tag text not null,
    tables text[] not null,
    reason text not null,
    missed_at timestamptz not null default clock_timestamp()
);

comment on table replica.missed_command is 'Schema commands on tracked tables that capture_ddl saw and could not log; delete a row once the slaves are changed';
comment on column replica.missed_command.command_id is 'Order of the commands; grows';
comment on column replica.missed_command.tag is 'What kind of command it was, such as ALTER TABLE';
comment on column replica.missed_command.tables is 'The tracked tables that it changed, where that is known';
comment on column replica.missed_command.reason is 'Why it was not logged';
comment on column replica.missed_command.missed_at is 'When it was executed';
