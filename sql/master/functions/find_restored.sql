create or replace function replica.find_restored()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Finds tracked tables again that were dropped and restored from a dump, by the triggers that came with
-- them and name their number in the log. A restore brings rows before it brings triggers: they are copied.
declare
    _id integer;
begin
    for _id in
        update replica.tracked_table t
        set relation = g.relation,
            untracked_at = null
        from (select distinct g.tgrelid::regclass as relation,
                     split_part(encode(g.tgargs, 'escape'), E'\\000', 1) as table_id
              from pg_trigger g
              join pg_proc p on p.oid = g.tgfoid
              where p.pronamespace = 'replica'::regnamespace and g.tgname = 'replica_log_truncate') g
        where g.table_id = t.table_id::text
          and not exists (select from pg_class c where c.oid = t.relation)
          and not exists (select from replica.tracked_table o where o.relation = g.relation)
        returning t.table_id
    loop
        perform replica.find_key(_id);
        perform replica.note_partitions(_id);
        perform replica.request_copy(_id);
    end loop;
end
$$;

comment on function replica.find_restored() is
    'Finds tracked tables again that were dropped and restored from a dump';
