create or replace function replica.attend_key(tracked replica.tracked_table)
returns table (is_trouble boolean, message text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Attends to a tracked table whose key was dropped or replaced: without one, several rows of the master
-- may become one on a slave. Once there is a key again, the table is copied again.
-- Returns what was done or must be done, in one row.
begin
    is_trouble := false;
    if replica.key_fits(tracked) then
        message := format('%s has its key (%s) again', tracked.relation, array_to_string(tracked.key_names, ', '));
    elsif replica.has_primary_key(tracked.relation) then
        perform replica.adopt_key(tracked, null);
        message := replica.renew_triggers(tracked.table_id);
    else
        update replica.tracked_table t set key_lost = true where t.table_id = tracked.table_id;
        is_trouble := true;
        message := format('%s has lost its key (%s), and rows of it may be taken for others on the slaves. Give it a primary key, not DEFERRABLE; it will be copied again then.',
                          tracked.relation, array_to_string(tracked.key_names, ', '));
        return next;
        return;
    end if;
    update replica.tracked_table t set key_lost = false where t.table_id = tracked.table_id;
    perform replica.request_copy(tracked.table_id);
    message := message || '; it will be copied again';
    return next;
exception
    when lock_not_available or deadlock_detected then
        is_trouble := false;
        message := format('%s is busy; its new key waits for the next time', tracked.relation);
        return next;
    when insufficient_privilege then
        is_trouble := true;
        message := format('%s has another key than it is tracked by: %s. Run as its owner: select replica.track(%L); select replica.copy(%3$L).',
                          tracked.relation, sqlerrm, tracked.relation);
        return next;
end
$$;

comment on function replica.attend_key(replica.tracked_table) is
    'Attends to a tracked table whose key was dropped or replaced';
