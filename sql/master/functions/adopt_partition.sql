create or replace function replica.adopt_partition(table_id integer, partition regclass, log_rows boolean)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
set "DateStyle" = 'ISO, YMD'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set bytea_output = 'hex'
set extra_float_digits = 1
set lc_monetary = 'C'
as $$
-- Takes note of a partition that a tracked table has got: puts a trigger on it, and logs the rows that
-- it brought. The trigger's lock keeps writers out until the transaction ends, so that no row is logged
-- older than it is.
--   partition  of whatever level
--   log_rows   false if the whole table is to be copied anyway
-- Returns what was done, as a sentence; null if there is nothing to say.
declare
    _table replica.tracked_table;
    _partition record;
    _rows bigint;
    _brought text;
begin
    select * into strict _table
    from replica.tracked_table t
    where t.table_id = adopt_partition.table_id and t.untracked_at is null;

    -- A partition that was created as such, by the transaction that attached it and below parents that
    -- were known before, has brought no rows, but for those that its transaction may have written between
    -- CREATE TABLE and ATTACH. The system columns' entries tell who created a table: nothing changes them.
    select p.attached, p.is_leaf,
           i.xmin as attacher,
           i.cmin::text::bigint as attacher_command,
           a.cmin::text::bigint as creator_command,
           a.xmin = i.xmin and not exists (
               select
               from pg_partition_ancestors(p.relation) u
               where u.relid not in (p.relation, _table.relation)
                 and not exists (select from replica.tracked_partition k
                                 where k.relation = u.relid and k.table_id = _table.table_id
                                   and k.adopted_at < now())) as is_born_here,
           pg_relation_filenode(p.relation) <> p.relation::oid and c.xmin <> i.xmin as is_rewritten
    into strict _partition
    from replica.partitions(_table.relation) p
    join pg_class c on c.oid = p.relation
    join pg_inherits i on i.inhrelid = p.relation
    join pg_attribute a on a.attrelid = p.relation and a.attname = 'tableoid'
    where p.relation = adopt_partition.partition;

    insert into replica.tracked_partition (relation, table_id, is_leaf, attached)
    values (adopt_partition.partition, _table.table_id, _partition.is_leaf, _partition.attached)
    on conflict (relation) do update
    set table_id = excluded.table_id,
        is_leaf = excluded.is_leaf,
        attached = excluded.attached,
        adopted_at = excluded.adopted_at;
    if not _partition.is_leaf then
        return null;
    end if;

    perform replica.create_leaf_trigger(_table.table_id, adopt_partition.partition);
    if not log_rows then
        return null;
    end if;
    -- A new file means that it may have been truncated since it was attached, before the trigger was there.
    if _partition.is_rewritten or current_setting('transaction_isolation') <> 'read committed' then
        perform replica.request_copy(_table.table_id);
        return format('Partition %s of %s may have lost rows before its triggers were made: the table will be copied again',
                      adopt_partition.partition, _table.relation);
    end if;

    _brought := case when _partition.is_born_here
                     then format('and (r.xmin = %L or r.cmin::text::bigint > %s and r.cmin::text::bigint < %s)',
                                 _partition.attacher, _partition.creator_command, _partition.attacher_command)
                     else '' end;
    execute format(
        'insert into replica.replica_log (table_id, op, row, image)
         select %s, ''u'', to_json(r.*), %s %s %s',
        _table.table_id,
        case when _table.exact then '(r.*)::text' else 'null' end,
        replica.partition_rows_sql(_table.relation, adopt_partition.partition),
        _brought);
    get diagnostics _rows = row_count;
    if _rows = 0 then
        return format('Partition %s of %s is watched', adopt_partition.partition, _table.relation);
    end if;
    perform replica.set_checkpoint();
    perform replica.ring_doorbell();
    return format('Partition %s of %s is watched; logged %s rows that it may have brought',
                  adopt_partition.partition, _table.relation, _rows);
end
$$;

comment on function replica.adopt_partition(integer, regclass, boolean) is
    'Takes note of a new partition of a tracked table, and logs the rows that it brought';
