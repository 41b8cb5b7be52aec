create or replace function replica.follow_command(seq bigint, changed integer[])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Lets the tracking of tables follow a command that has changed them and is logged, so that capture is exact
-- from the next row on. What cannot be done now is left to the source, see replica.attend.
--   seq      the command's log row
--   changed  the tables, by table_id
declare
    _table replica.tracked_table;
    _unfit constant integer[] := array(
        select t.table_id
        from replica.tracked_table t
        where t.table_id = any (changed) and not replica.triggers_fit(t) and replica.is_locked(t.relation));
begin
    perform replica.adopt_key(t, seq)
    from replica.tracked_table t
    where t.table_id = any (changed) and not replica.key_fits(t) and replica.has_primary_key(t.relation);
    perform replica.note_names(seq);
    for _table in
        select t.*
        from replica.tracked_table t
        where t.table_id = any (_unfit)
    loop
        if replica.key_fits(_table) then
            begin
                perform replica.renew_triggers(_table.table_id);
            exception when insufficient_privilege then
                raise warning 'The triggers of % stay as they are: %', _table.relation, sqlerrm
                    using hint = 'Run CALL replica.renew(); as its owner.';
            end;
        else
            raise warning '% has lost its key (%), and rows of it may be taken for others on the slaves',
                    _table.relation, array_to_string(_table.key_names, ', ')
                using hint = 'Give it a primary key; it will be copied again then.';
        end if;
    end loop;
end
$$;

comment on function replica.follow_command(bigint, integer[]) is
    'Lets the tracking of tables follow a command that has changed them';
