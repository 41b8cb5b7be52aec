create or replace function replica.untrack_sequence(tracked regclass)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Takes back track_sequence. A sequence that a tracked table's column owns travels on all the same.
-- Returns what was done, as a sentence.
begin
    delete from replica.tracked_sequence s where s.relation = tracked;
    return format(case when found then 'Stopped tracking sequence %s' else 'Sequence %s was not tracked by name' end, tracked);
end
$$;

comment on function replica.untrack_sequence(regclass) is
    'Take back track_sequence; answers what it did';
