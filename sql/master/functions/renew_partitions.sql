create or replace function replica.renew_partitions(table_id integer, replayed boolean default false)
returns table (is_trouble boolean, message text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Takes note of the partitions that a tracked table has got or lost. Those that are locked are left for
-- the next time, after lock_timeout.
--   replayed  whether the command that took partitions away runs on the slaves too, and their rows go there
--             without a copy
-- Returns what was done or must be done, a sentence a row.
declare
    _table replica.tracked_table;
    _partition record;
    _lost boolean := false;
begin
    select * into strict _table
    from replica.tracked_table t
    where t.table_id = renew_partitions.table_id and t.untracked_at is null;

    for _partition in
        delete from replica.tracked_partition k
        where k.table_id = _table.table_id
          and not exists (select from replica.partitions(_table.relation) p
                          where p.relation = k.relation and p.attached = k.attached)
        returning k.relation, k.is_leaf
    loop
        if _partition.is_leaf and not replayed then
            _lost := true;
            is_trouble := true;
            message := format('Partition %s of %s was detached, dropped or attached anew, and its rows with it: the table will be copied again',
                              _partition.relation, _table.relation);
            return next;
        end if;
    end loop;
    if _lost then
        perform replica.request_copy(_table.table_id);
    end if;

    for _partition in
        select p.relation, p.kind, p.persistence
        from replica.partitions(_table.relation) p
        where not exists (select from replica.tracked_partition k
                          where k.relation = p.relation and k.table_id = _table.table_id)
        order by p.level, p.relation
    loop
        is_trouble := true;
        message := null;
        if _partition.kind = 'f' or _partition.persistence <> 'p' then
            message := format('Partition %s of %s is %s, and its rows are not replicated faithfully. Detach it, or %s',
                              _partition.relation, _table.relation,
                              case _partition.kind when 'f' then 'a foreign table' else 'unlogged' end,
                              case _partition.kind when 'f' then 'untrack the table.'
                                   else format('ALTER TABLE %s SET LOGGED.', _partition.relation) end);
        else
            begin
                message := replica.adopt_partition(_table.table_id, _partition.relation, log_rows => not _lost);
                is_trouble := false;
            exception
                when lock_not_available or deadlock_detected then
                    is_trouble := false;
                    message := format('Partition %s of %s is busy; its trigger waits for the next time', _partition.relation, _table.relation);
                when insufficient_privilege then
                    message := format('Partition %s of %s is not watched: %s. Run CALL replica.renew() as its owner.',
                                      _partition.relation, _table.relation, sqlerrm);
            end;
        end if;
        if message is not null then
            return next;
        end if;
    end loop;
end
$$;

comment on function replica.renew_partitions(integer, boolean) is
    'Takes note of the partitions that a tracked table has got or lost; answers what it did';
