create or replace function replica.begin_truncate()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
-- Notes that a partitioned table is about to be truncated whole, for log_leaf_truncate; log_truncate
-- takes the note back. All triggers before a TRUNCATE fire before all those after it.
--   tg_argv[0]  table_id
begin
    perform set_config(
        'replica.truncating',
        concat_ws(' ', nullif(current_setting('replica.truncating', true), ''), tg_argv[0]),
        true);
    return null;
end
$$;

comment on function replica.begin_truncate() is
    'Statement trigger: notes that a partitioned table is about to be truncated whole';
