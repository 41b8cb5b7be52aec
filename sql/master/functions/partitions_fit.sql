create or replace function replica.partitions_fit(tracked replica.tracked_table)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether the partitions that are known of a tracked table are those that it has.
    select not exists (
        select
        from replica.partitions(tracked.relation) p
        full join (select k.relation, k.attached
                   from replica.tracked_partition k
                   where k.table_id = tracked.table_id) k using (relation)
        where p.attached is distinct from k.attached)
$$;

comment on function replica.partitions_fit(replica.tracked_table) is
    'Whether the partitions known of a tracked table are those that it has';
