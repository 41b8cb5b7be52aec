create or replace function replica.as_now_sql(table_id integer, changed text, old text)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- The careful path's statement: for every key among the changed rows, log the row as it is now (u), or
-- d if it is gone. Needed for a statement that was overtaken: the log may hold newer states of its rows
-- already than its images (see was_overtaken). Needed too where foreign keys update and delete a table's
-- rows in turn: one statement then captures both, in an order of its own.
--   table_id  the tracked table
--   changed   what holds the changed rows: a transition table, or a subquery
--   old       the row before the change, as an SQL expression of type json; null if it is not logged
declare
    _table replica.tracked_table;
    _only text;
    _keys text;
    _join text;
begin
    select * into _table
    from replica.tracked_table t
    where t.table_id = as_now_sql.table_id;

    if cardinality(_table.key_columns) is distinct from (
            select count(*)
            from pg_attribute a
            where a.attrelid = _table.relation and a.attnum = any (_table.key_columns) and not a.attisdropped)
       or exists (select from replica.log_state s where s.own_oid <> 'replica.log_state'::regclass::oid) then
        -- The key was dropped with CASCADE, the table restored from a dump under another OID, or all of this: the
        -- source will stop, or have the table copied, but no application stops.
        return format(
            'insert into replica.replica_log (table_id, op, row) select %s, ''u'', to_json(n.*) from %s n',
            as_now_sql.table_id, changed);
    end if;

    if replica.is_held_back(_table.relation) then
        -- Rows that are hidden would be taken for deleted ones. The copy stops the source until nothing is hidden, and
        -- then sets right what is logged here; of two that are asked for, one has not begun.
        return format(
            'with asked as (
                 insert into replica.copy_request (table_id, reason)
                 select %1$s, ''copy''
                 where (select count(*) from replica.copy_request r
                        where r.table_id = %1$s and r.slave is null and r.finished_at is null) < 2
             )
             insert into replica.replica_log (table_id, op, row) select %1$s, ''u'', to_json(n.*) from %2$s n',
            as_now_sql.table_id, changed);
    end if;

    -- Rows of a partitioned table are in its partitions; rows of a table's heirs are not its own.
    _only := case when exists (select from pg_partitioned_table p where p.partrelid = _table.relation) then '' else 'only' end;

    select string_agg('n.' || k.name, ', ' order by k.place),
           string_agg(format('c.%1$s%2$s %3$s n.%1$s%2$s', k.name, k.base, k.equal), ' and ' order by k.place)
    into strict _keys, _join
    from replica.key_terms(_table.relation, _table.key_columns) k;

    return format(
        'insert into replica.replica_log (table_id, op, row, image, old)
         select %1$s,
                case when c.tableoid is null then ''d'' else ''u'' end,
                case when c.tableoid is null then to_json(n.*) else to_json(c.*) end,
                %2$s,
                %8$s
         from (select distinct on (%3$s) n.* from %4$s n) n
         left join %7$s %5$s c on %6$s%9$s',
        _table.table_id,
        case when _table.exact
             then 'case when c.tableoid is null then (n.*)::text else (c.*)::text end'
             else 'null' end,
        _keys,
        changed,
        _table.relation::text,
        _join,
        _only,
        coalesce(as_now_sql.old, 'null'),
        -- Older than the transaction, a snapshot may show rows still that others have deleted since. What this
        -- transaction has changed, and is there now, it has written itself, with ids not below the snapshot's end.
        case when current_setting('transaction_isolation') in ('repeatable read', 'serializable')
             then ' and age(c.xmin) <= age(pg_snapshot_xmax(pg_current_snapshot())::xid)'
             else '' end);
end
$$;

comment on function replica.as_now_sql(integer, text, text) is
    'The statement with which a capture logs changed rows as they are now; for changes made by triggers and foreign keys';
