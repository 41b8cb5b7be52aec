create or replace function replica.attend(table_id integer)
returns table (is_trouble boolean, message text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '100ms'
as $$
-- Brings a tracked table's triggers up to what the table is by now, lets it go, or takes it back: for the
-- source, which calls this at its start and with its keepalive, for tables in
-- replica.status.tables_to_renew. Security definer, so that the source needs no right on the table. What
-- is locked is left for the next time.
-- Returns what was done or must be done, a sentence a row.
declare
    _table replica.tracked_table;
    _fit boolean;
begin
    select * into _table
    from replica.tracked_table t
    where t.table_id = attend.table_id and t.untracked_at is null;
    if not found then
        return;
    end if;

    is_trouble := true;
    if not exists (select from pg_class c where c.oid = _table.relation) then
        perform replica.find_restored();
        select * into strict _table from replica.tracked_table t where t.table_id = attend.table_id;
        if not exists (select from pg_class c where c.oid = _table.relation) then
            is_trouble := false;
            message := format('%s was dropped; what was logged of it is still sent', _table.name);
            return next;
            return;
        end if;
        message := format('%s was dropped and restored from a dump with its triggers: it will be copied again', _table.relation);
        return next;
    end if;
    for message in
        select format('%s is tracked, and role %s, which owns %s, could have code executed with the rights of %s, which owns schema replica. If it may do all that %4$s may: select replica.trust(%5$L); if not: select replica.untrack(%6$L)',
                      _table.relation, s.owner, s.possession, current_user, quote_ident(s.owner), _table.relation)
        from replica.strangers(_table.relation) s
    loop
        return next;
    end loop;
    if replica.is_held_back(_table.relation) then
        message := format('%s is tracked, and its row security holds back role %s, which owns schema replica: rows of it are logged that are not as they are, and it cannot be copied. ALTER ROLE %2$s BYPASSRLS, or make it a member of the table''s owner and leave out FORCE ROW LEVEL SECURITY',
                          _table.relation, quote_ident(current_user));
        return next;
    end if;
    if (select c.relispartition from pg_class c where c.oid = _table.relation) then
        message := format('%s became a partition of %s: select replica.untrack(%L), and track the root',
                          _table.relation, pg_partition_root(_table.relation), _table.relation);
        return next;
        return;
    end if;

    if not replica.may_capture(_table) then
        if _table.let_go_at is null then
            begin
                message := replica.let_go(_table.table_id);
            exception
            when lock_not_available or deadlock_detected then
                message := format('The log is beyond its limit, and %s is too busy to be let go; trying again', _table.relation);
            when insufficient_privilege then
                message := format('The log is beyond its limit, and %s cannot be let go: %s. Let its owner run CALL replica.renew()',
                                  _table.relation, sqlerrm);
            end;
            return next;
        end if;
        return;
    end if;

    if _table.key_lost or not replica.key_fits(_table) then
        return query select k.is_trouble, k.message from replica.attend_key(_table) k;
        select * into _table from replica.tracked_table t where t.table_id = _table.table_id;
        if _table.key_lost or not replica.key_fits(_table) then
            return;
        end if;
    end if;
    if not replica.names_fit(_table) then
        perform replica.note_names();
        is_trouble := false;
        message := format('%s is called %s now, and its key (%s)', _table.name, t.name, array_to_string(t.key_names, ', '))
        from replica.tracked_table t
        where t.table_id = _table.table_id;
        return next;
        is_trouble := true;
        select * into _table from replica.tracked_table t where t.table_id = _table.table_id;
    end if;

    _fit := replica.triggers_fit(_table);
    if not _fit or _table.let_go_at is not null or _table.triggers_version < (select s.schema_version from replica.log_state s) then
        begin
            message := replica.renew_triggers(_table.table_id);
            is_trouble := false;
            if not _fit then
                -- Some values, cascades or heirs' rows may have been logged wrongly since it was altered.
                perform replica.request_copy(_table.table_id);
                message := message || ', which was altered; it will be copied again';
            end if;
        exception
            when lock_not_available or deadlock_detected then
                is_trouble := false;
                message := format('%s is busy; its new triggers wait for the next time', _table.relation);
            when insufficient_privilege then
                message := format('%s was altered since it was tracked, and some of its values or cascades may be logged wrongly: %s. Run CALL replica.renew() as its owner, and select replica.copy(%L).',
                                  _table.relation, sqlerrm, _table.relation);
        end;
        return next;
    end if;
    return query select p.is_trouble, p.message from replica.renew_partitions(_table.table_id) p;
end
$$;

comment on function replica.attend(integer) is
    'Brings a tracked table''s triggers up to what the table is by now; answers what it did or a person must do';
