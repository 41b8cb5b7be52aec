create or replace function replica.log_leaf_truncate()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
-- A TRUNCATE of a single partition is the deletion of its rows from the table at the root. It is logged
-- beforehand; not if the root itself is being truncated, nor if the partition was detached.
--   tg_argv[0]  table_id of the root
--   tg_argv[1]  'exact' where the table's rows need their text image, else 'json'
--   tg_argv[2]  'plain'
--   tg_argv[3]  'old' where the row before a change is logged beside it, else 'new'
declare
    _table_id constant integer := tg_argv[0];
    -- Then it may show rows that others have deleted since, and TRUNCATE empties the partition of rows that
    -- it does not show.
    _old_snapshot constant boolean := current_setting('transaction_isolation') in ('repeatable read', 'serializable');
    _root regclass;
    _rows bigint;
begin
    if tg_argv[0] = any (string_to_array(current_setting('replica.truncating', true), ' ')) then
        return null;
    end if;
    select t.relation into _root
    from replica.tracked_table t
    join pg_partition_ancestors(tg_relid) a on a.relid = t.relation
    where t.table_id = _table_id and t.untracked_at is null;
    if not found then
        return null;
    end if;

    execute format(
        'insert into replica.replica_log (table_id, op, row, image, old)
         select %s, %L, to_json(r.*), %s, %s %s',
        _table_id,
        case when _old_snapshot then 'd' else 'D' end,
        case when tg_argv[1] = 'exact' then '(r.*)::text' else 'null' end,
        case when tg_argv[3] = 'old' then 'to_json(r.*)' else 'null' end,
        replica.partition_rows_sql(_root, tg_relid));
    get diagnostics _rows = row_count;
    if _old_snapshot then
        perform replica.request_copy(_table_id);
    end if;
    perform replica.ring_doorbell();
    if _rows > 0 and lastval() % 10000 < _rows then
        perform replica.set_checkpoint();
    end if;
    return null;
end
$$;

comment on function replica.log_leaf_truncate() is
    'Statement trigger: logs a TRUNCATE of one partition as the deletion of its rows';
