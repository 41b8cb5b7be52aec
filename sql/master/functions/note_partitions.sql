create or replace function replica.note_partitions(table_id integer)
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
    -- Takes note of a tracked table's partitions as they are now, without logging what they hold, for a
    -- table that is copied whole. A partition without our trigger is left to replica.adopt_partition.
    delete from replica.tracked_partition k
    where k.table_id = note_partitions.table_id;

    insert into replica.tracked_partition (relation, table_id, is_leaf, attached)
    select p.relation, t.table_id, p.is_leaf, p.attached
    from replica.tracked_table t
    cross join lateral replica.partitions(t.relation) p
    where t.table_id = note_partitions.table_id
      and (not p.is_leaf
           or exists (select from pg_trigger g
                      where g.tgrelid = p.relation and g.tgname = 'replica_log_leaf_truncate'))
    on conflict (relation) do nothing;
$$;

comment on function replica.note_partitions(integer) is
    'Takes note of a tracked table''s partitions without logging what they hold';
