create or replace function replica.new_partitions(tag text)
returns setof text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Commands that give slaves the partitions which the command at hand, a CREATE TABLE or ALTER TABLE, has
    -- brought to tracked tables; after an ALTER TABLE all that the source has not noticed yet. To be called by
    -- an event trigger's function.
    select replica.partition_command(p.relation)
    from pg_event_trigger_ddl_commands() c
    join replica.tracked_table t on t.relation = pg_partition_root(c.objid) and t.untracked_at is null
    cross join lateral replica.partitions(t.relation) p
    where c.classid = 'pg_class'::regclass
      and p.kind in ('r', 'p') and p.persistence = 'p'
      and case tag
          when 'CREATE TABLE' then p.relation = c.objid
          else not exists (select
                           from replica.tracked_partition k
                           where k.relation = p.relation and k.attached = p.attached)
          end
    order by t.table_id, p.level, p.relation
$$;

comment on function replica.new_partitions(text) is
    'Commands that give slaves the partitions that a command has brought, for an event trigger';
