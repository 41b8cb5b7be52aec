create or replace function replica.untrack(tracked regclass)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Stops logging a table's changes. What is in the log already is still sent.
-- Returns what was done, as a sentence.
begin
    update replica.tracked_table t
    set untracked_at = now(),
        let_go_at = null
    where t.relation = tracked and t.untracked_at is null;
    if not found then
        return format('%s was not tracked', tracked);
    end if;
    perform replica.lock_tree(tracked);
    perform replica.drop_triggers(tracked);
    delete from replica.tracked_partition k
    using replica.tracked_table t
    where t.table_id = k.table_id and t.relation = tracked;
    delete from replica.copy_request r
    using replica.tracked_table t
    where t.table_id = r.table_id and t.relation = tracked and r.finished_at is null;
    delete from replica.check_request r
    using replica.tracked_table t
    where t.table_id = r.table_id and t.relation = tracked and r.finished_at is null;
    return format('Stopped tracking %s; the changes logged so far are still sent', tracked);
end
$$;

comment on function replica.untrack(regclass) is
    'Stop logging a table''s changes; answers what it did';
