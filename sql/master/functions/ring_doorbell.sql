create or replace function replica.ring_doorbell()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Wakes the source if it sleeps. Every committing NOTIFY takes a database-wide lock through the flush
-- of the log, so a writer rings only if somebody is asleep: a source that wants to sleep holds the
-- doorbell's lock exclusively. A writer that gets the lock shared keeps it to its end without ringing;
-- the source cannot fall asleep before that, and then reads once more.
-- 19282 and 1 name the lock; the capture functions and the source know the same two numbers.
-- Where NOTIFY does not go with two-phase commit, the doorbell is silent, and the source polls.
begin
    if not pg_try_advisory_xact_lock_shared(19282, 1)
       and (select s.doorbell_rings from replica.log_state s) then
        notify replica_log;
    end if;
end
$$;

comment on function replica.ring_doorbell() is
    'NOTIFY, a hint that carries no data, only if the source sleeps';
