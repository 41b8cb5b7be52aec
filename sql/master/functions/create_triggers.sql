create or replace function replica.create_triggers(table_id integer)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Puts the capture triggers on a tracked table, or renews them: those of the row form or those of the
-- statement form, and those that both have. A table that had been let go is copied again: the lock that
-- lock_tree takes has waited for whoever changed it unlogged.
declare
    _table replica.tracked_table;
    _suffix text;
    _arguments text;
    _careful text;
    _changed text;
    _trigger name;
begin
    select * into strict _table
    from replica.tracked_table t
    where t.table_id = create_triggers.table_id;

    perform replica.lock_tree(_table.relation);
    perform replica.drop_triggers(_table.relation);
    _suffix := case when _table.pinned then '_pinned' else '' end;
    _arguments := format('%L, %L', _table.table_id, case when _table.exact then 'exact' else 'json' end);
    _careful := case when _table.careful then 'careful' else 'plain' end;
    select string_agg(format('(old.%1$s%2$s %3$s new.%1$s%2$s) is not true', k.name, k.base, k.equal), ' or ')
    into strict _changed
    from replica.key_terms(_table.relation, _table.key_columns) k;

    execute format(
        'create trigger replica_log_key_change after update on %s
         for each row when (%s) execute function replica.log_key_change%s(%s, %L, %L)',
        _table.relation, _changed, _suffix, _arguments,
        case when _table.row_form then 'plain' else _careful end,
        case when _table.old_image then 'old' else 'new' end);
    execute format(
        'create trigger replica_log_truncate after truncate on %s
         for each statement execute function replica.log_truncate(%L)', _table.relation, _table.table_id);
    if (select c.relkind = 'p' from pg_class c where c.oid = _table.relation) then
        execute format(
            'create trigger replica_log_begin_truncate before truncate on %s
             for each statement execute function replica.begin_truncate(%L)', _table.relation, _table.table_id);
        perform replica.create_leaf_trigger(_table.table_id, p.relation)
        from replica.partitions(_table.relation) p
        join replica.tracked_partition k using (relation, attached)
        where k.table_id = _table.table_id and p.is_leaf;
    end if;
    if _table.row_form then
        execute format(
            'create trigger replica_log_row after insert or update or delete on %s
             for each row execute function replica.log_row%s(%s, ''plain'', %L)',
            _table.relation, _suffix, _arguments, case when _table.old_image then 'old' else 'new' end);
    else
        -- An INSERT's rows are not changed by foreign keys before it is captured.
        execute format(
            'create trigger replica_log_insert after insert on %s referencing new table as changed_rows
             for each statement execute function replica.log_change%s(%s, ''plain'')',
            _table.relation, _suffix, _arguments);
        execute format(
            'create trigger replica_log_update after update on %s referencing new table as changed_rows
             for each statement execute function replica.log_change%s(%s, %L)',
            _table.relation, _suffix, _arguments, _careful);
        execute format(
            'create trigger replica_log_delete after delete on %s referencing old table as changed_rows
             for each statement execute function replica.log_change%s(%s, %L)',
            _table.relation, _suffix, _arguments, _careful);
    end if;

    update replica.tracked_table t
    set triggers_version = s.schema_version,
        shape = replica.table_shape(t.relation),
        let_go_at = null
    from replica.log_state s
    where t.table_id = _table.table_id;
    if _table.let_go_at is not null then
        perform replica.log_command(
            regexp_replace(format('-- Changes of %s are logged again from here on; it will be copied', _table.name), '\s', ' ', 'g'),
            '',
            json_build_object('replica.taken_back', _table.name));
        perform replica.request_copy(_table.table_id);
    end if;

    -- What a sink applies fires only triggers that are always enabled. Not for heirs, but for partitions.
    for _trigger in
        select t.tgname
        from pg_trigger t
        join pg_proc p on p.oid = t.tgfoid
        where _table.cascading and t.tgrelid = _table.relation and p.pronamespace = 'replica'::regnamespace
    loop
        execute format(
            'alter table %s %s enable always trigger %I',
            (select case c.relkind when 'p' then '' else 'only' end from pg_class c where c.oid = _table.relation),
            _table.relation, _trigger);
    end loop;
end
$$;

comment on function replica.create_triggers(integer) is
    'Puts the capture triggers on a tracked table';
