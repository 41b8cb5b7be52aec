create or replace function replica.partitions(root regclass)
returns table (relation regclass, level integer, is_leaf boolean, kind "char", persistence "char", attached text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- The partitions of a table as they are now, of whatever level; none if it is not partitioned.
    --   attached  the transactions that attached it, its parent and so on, as in replica.tracked_partition
    select p.relid, p.level, p.isleaf, c.relkind, c.relpersistence,
           (select string_agg(i.xmin::text, ' ' order by a.place)
            from pg_partition_ancestors(p.relid) with ordinality a(relid, place)
            join pg_inherits i on i.inhrelid = a.relid
            where a.place <= p.level)
    from pg_partition_tree(root) p
    join pg_class c on c.oid = p.relid
    where p.relid <> root
$$;

comment on function replica.partitions(regclass) is
    'The partitions of a table as they are now';
