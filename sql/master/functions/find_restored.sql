create or replace function replica.find_restored()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Finds tracked tables again that were dropped and restored from a dump, by their names and by the triggers that
-- came with them, which name their number in the log. A restore brings rows before it brings triggers: they are
-- copied. Where the whole master was restored, finds the tables' keys, before anybody looks whether they fit.
declare
    _id integer;
begin
    perform replica.find_key(t.table_id)
    from replica.tracked_table t
    cross join replica.log_state s
    where t.untracked_at is null and s.own_oid <> 'replica.log_state'::regclass::oid;

    for _id in
        update replica.tracked_table t
        set relation = g.relation,
            untracked_at = null
        from (select distinct c.oid::regclass as relation,
                     format('%s.%I', c.relnamespace::regnamespace, c.relname) as name,
                     split_part(encode(g.tgargs, 'escape'), E'\\000', 1) as table_id
              from pg_trigger g
              join pg_proc p on p.oid = g.tgfoid
              join pg_class c on c.oid = g.tgrelid
              where p.pronamespace = 'replica'::regnamespace and g.tgname = 'replica_log_truncate') g
        where g.table_id = t.table_id::text
          and g.name = t.name
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
