create or replace function replica.note_names(until_seq bigint default null)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Notes what tracked tables and their keys are called now. Log rows up to here keep their names.
--   until_seq  see replica.keep_former
declare
    _before replica.tracked_table;
begin
    for _before in
        select t.*
        from replica.tracked_table t
        where t.untracked_at is null and not replica.names_fit(t)
    loop
        update replica.tracked_table t
        set name = (
                select format('%s.%I', c.relnamespace::regnamespace, c.relname)
                from pg_class c
                where c.oid = t.relation),
            key_names = (
                select array_agg(case when a.attisdropped then t.key_names[k.ordinality] else a.attname::text end
                                 order by k.ordinality)
                from unnest(t.key_columns) with ordinality as k(attnum, ordinality)
                join pg_attribute a on a.attrelid = t.relation and a.attnum = k.attnum)
        where t.table_id = _before.table_id;
        perform replica.keep_former(_before, until_seq);
    end loop;
end
$$;

comment on function replica.note_names(bigint) is
    'Notes what tracked tables and their keys are called now';
