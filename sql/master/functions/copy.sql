create or replace function replica.copy(tracked regclass, slave text default null)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Asks for a table to be copied whole again, while its changes flow: the slave's table is emptied and
-- filled chunk by chunk, each of them exact.
--   tracked  a tracked table
--   slave    the slave.name of the only sink that takes the copy; null for all
-- Returns what was done, as a sentence.
declare
    _request bigint;
begin
    insert into replica.copy_request (table_id, reason, slave)
    select t.table_id, 'copy', copy.slave
    from replica.tracked_table t
    where t.relation = tracked and t.untracked_at is null
    returning request_id into _request;
    if _request is null then
        raise exception 'Cannot copy %: it is not tracked', tracked
            using errcode = 'object_not_in_prerequisite_state',
                  hint = format('select replica.track(%L);', tracked);
    end if;
    perform replica.ring_doorbell();
    return format('Requested copy %s of %s%s', _request, tracked, coalesce(' for slave ' || slave, ''));
end
$$;

comment on function replica.copy(regclass, text) is
    'Ask for a tracked table to be copied whole again; answers what it did';
