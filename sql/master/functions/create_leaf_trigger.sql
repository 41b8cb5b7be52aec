create or replace function replica.create_leaf_trigger(table_id integer, leaf regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Puts the one trigger on a partition that PostgreSQL does not put there by itself, because statement
-- triggers are not handed down; or renews it.
declare
    _table replica.tracked_table;
begin
    select * into strict _table
    from replica.tracked_table t
    where t.table_id = create_leaf_trigger.table_id;

    if exists (select from pg_trigger g where g.tgrelid = leaf and g.tgname = 'replica_log_leaf_truncate') then
        execute format('drop trigger replica_log_leaf_truncate on %s', leaf);
    end if;
    execute format(
        'create trigger replica_log_leaf_truncate before truncate on %s
         for each statement execute function replica.log_leaf_truncate%s(%L, %L, ''plain'', %L)',
        leaf,
        case when _table.pinned then '_pinned' else '' end,
        _table.table_id,
        case when _table.exact then 'exact' else 'json' end,
        case when _table.old_image then 'old' else 'new' end);
    if _table.cascading then
        execute format('alter table %s enable always trigger replica_log_leaf_truncate', leaf);
    end if;
end
$$;

comment on function replica.create_leaf_trigger(integer, regclass) is
    'Puts the trigger on a partition that logs its TRUNCATE';
