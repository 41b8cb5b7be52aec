create or replace function replica.stray_triggers()
returns table (relation regclass, name name)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Capture triggers that log in the name of no table that is tracked, or of another one: those of a
    -- dump that was restored without the schema replica into a database that has one of its own.
    -- Partitions' triggers are their root's.
    select g.tgrelid::regclass, g.tgname
    from pg_trigger g
    join pg_proc p on p.oid = g.tgfoid
    where p.pronamespace = 'replica'::regnamespace
      and g.tgparentid = 0
      and g.tgnargs > 0
      and not exists (
          select
          from replica.tracked_table t
          where (t.relation = g.tgrelid
                 or exists (select from replica.tracked_partition k
                            where k.relation = g.tgrelid and k.table_id = t.table_id))
            and t.untracked_at is null
            and t.table_id::text = split_part(encode(g.tgargs, 'escape'), E'\\000', 1))
    order by 1, 2
$$;

comment on function replica.stray_triggers() is
    'Capture triggers that log in the name of no tracked table';
