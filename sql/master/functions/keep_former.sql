create or replace function replica.keep_former(before replica.tracked_table, until_seq bigint default null)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Keeps what a tracked table and its key were called, if they are called otherwise now: log rows up to
-- here were logged under the former names.
--   before     the table's row of replica.tracked_table as it was; null for none
--   until_seq  the last log row of the former names; null for the present end of the log, where a comment
--              is logged then, so that the source learns of it
declare
    _now replica.tracked_table;
begin
    select * into _now from replica.tracked_table t where t.table_id = before.table_id;
    if found and (_now.name, _now.key_names) is distinct from (before.name, before.key_names) then
        insert into replica.former_name (table_id, until_seq, name, key_names)
        values (before.table_id,
                coalesce(
                    until_seq,
                    replica.log_command(
                        regexp_replace(format('-- %s is %s by (%s) from here on',
                                              before.name, _now.name, array_to_string(_now.key_names, ', ')),
                                       '\s', ' ', 'g'),
                        '',
                        '{}')),
                before.name,
                before.key_names)
        on conflict do nothing;
    end if;
end
$$;

comment on function replica.keep_former(replica.tracked_table, bigint) is
    'Keeps the former names of a tracked table and its key, for log rows that are older';
