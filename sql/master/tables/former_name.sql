create table if not exists replica.former_name (
    table_id integer not null references replica.tracked_table on delete cascade,
    until_seq bigint not null,
    name text not null,
    key_names text[] not null,
    primary key (table_id, until_seq)
);

comment on table replica.former_name is 'What tracked tables and their keys were called before, for log rows that are older than the catalog';
comment on column replica.former_name.table_id is 'The table, see replica.tracked_table';
comment on column replica.former_name.until_seq is 'The last log row to which these names belong';
comment on column replica.former_name.name is 'schema.table then';
comment on column replica.former_name.key_names is 'The key''s columns then, in key order';
