create table if not exists replica.tracked_table (
    table_id integer primary key generated always as identity,
    relation regclass unique,
    name text not null,
    key_columns smallint[] not null check (cardinality(key_columns) > 0),
    key_names text[] not null,
    exact boolean not null,
    pinned boolean not null,
    careful boolean not null,
    row_form boolean not null default false,
    old_image boolean not null default false,
    cascading boolean not null default false,
    key_lost boolean not null default false,
    tracked_at timestamptz not null default now(),
    untracked_at timestamptz,
    triggers_version integer not null default 1,
    shape jsonb,
    let_go_at timestamptz
);

-- Installations of version 1 of the script
do $$
begin
    if exists (select from pg_attribute a
               where a.attrelid = 'replica.tracked_table'::regclass and a.attname = 'cascades') then
        alter table replica.tracked_table rename column cascades to careful;
    end if;
end
$$;
alter table replica.tracked_table
    alter column relation drop not null,
    add column if not exists row_form boolean not null default false,
    add column if not exists old_image boolean not null default false,
    add column if not exists cascading boolean not null default false,
    add column if not exists key_lost boolean not null default false,
    add column if not exists triggers_version integer not null default 1,
    add column if not exists shape jsonb,
    add column if not exists let_go_at timestamptz;

comment on table replica.tracked_table is 'Tables whose changes are logged; a row stays after untrack, for the log rows that name it';
comment on column replica.tracked_table.table_id is 'Names the table in the log';
comment on column replica.tracked_table.relation is 'The table; follows a rename; null once it is known to have been dropped';
comment on column replica.tracked_table.name is 'schema.table as it was last noted, see replica.note_names';
comment on column replica.tracked_table.key_columns is 'Attribute numbers of the key, in key order; numbers outlive a rename';
comment on column replica.tracked_table.key_names is 'Names of the key columns as they were last noted';
comment on column replica.tracked_table.exact is 'Whether the log holds each row''s exact text image too, because JSON would not bring every value back';
comment on column replica.tracked_table.pinned is 'Whether its captures pin the session''s settings, because they would change some value''s text';
comment on column replica.tracked_table.careful is 'Whether its statement captures are always careful, because foreign keys change its rows';
comment on column replica.tracked_table.row_form is 'Whether it is captured row by row: it is partitioned, inherits, is inherited from, or has its old rows logged';
comment on column replica.tracked_table.old_image is 'Whether the log holds the row before a change too';
comment on column replica.tracked_table.cascading is 'Whether changes that a sink applies here are captured too, for slaves of this slave';
comment on column replica.tracked_table.key_lost is 'Whether the table was seen without the key that it is tracked by, and has not been asked to be copied since';
comment on column replica.tracked_table.tracked_at is 'When track was last called';
comment on column replica.tracked_table.untracked_at is 'When untrack was called; null while the table is tracked';
comment on column replica.tracked_table.triggers_version is 'Version of the script that made its triggers';
comment on column replica.tracked_table.shape is 'What of it the slaves have too, as it was last noted, see replica.table_shape; tells a command that changed it from others';
comment on column replica.tracked_table.let_go_at is 'Since when its changes are not logged, because the log was beyond its limit; null while they are. It is copied again with its next triggers';
