create or replace function replica.ring_doorbell()
returns trigger
language plpgsql
as $$
-- Wakes the source if it sleeps. Every committing NOTIFY takes a database-wide lock through the flush
-- of the log, so a writer rings only if somebody is asleep: a source that wants to sleep holds the
-- doorbell's lock exclusively. A writer that gets the lock shared keeps it to its end without ringing;
-- the source cannot fall asleep before that, and then reads once more.
-- 19282 and 1 name the lock; the source knows the same two numbers.
begin
    if not pg_catalog.pg_try_advisory_xact_lock_shared(19282, 1) then
        notify replica_log;
    end if;
    return null;
end
$$;

comment on function replica.ring_doorbell() is
    'Statement trigger on the log: NOTIFY, a hint that carries no data, only if the source sleeps';
