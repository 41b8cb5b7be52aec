create or replace function replica.adopt_key(before replica.tracked_table, until_seq bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Tracks a table by the primary key that it has now, in place of a key that is gone.
--   before     the table's row of replica.tracked_table
--   until_seq  the last log row that belongs to the key before
declare
    _keys smallint[];
begin
    if not exists (select from pg_index i where i.indrelid = before.relation and i.indisprimary) then
        raise exception 'Cannot execute the command: it takes the key (%) from %, which is tracked by it',
                array_to_string(before.key_names, ', '), before.relation
            using errcode = 'object_not_in_prerequisite_state',
                  hint = format('Let the same command add a primary key, or first: select replica.untrack(%L);', before.relation);
    end if;
    _keys := replica.key_columns(before.relation, null);
    update replica.tracked_table t
    set key_columns = _keys,
        key_names = (
            select array_agg(a.attname::text order by k.ordinality)
            from unnest(_keys) with ordinality as k(attnum, ordinality)
            join pg_attribute a on a.attrelid = t.relation and a.attnum = k.attnum)
    where t.table_id = before.table_id;
    perform replica.keep_former(before, until_seq);
end
$$;

comment on function replica.adopt_key(replica.tracked_table, bigint) is
    'Tracks a table by the primary key that it has now, in place of one that is gone';
