create or replace function replica.restart_log()
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Begins a new log with a new identity, for a master that is not the one it was: restored from a dump
-- or a backup, copied with CREATE DATABASE ... TEMPLATE, or promoted from a standby that lagged. What was
-- logged before is discarded; the source connector, once its offsets are deleted, copies every tracked
-- table again.
-- Returns what to do next, as a sentence.
declare
    _log uuid;
begin
    truncate replica.replica_log, replica.checkpoint;
    delete from replica.copy_request;
    delete from replica.check_request;
    perform replica.forget_dropped();
    perform replica.note_partitions(t.table_id)
    from replica.tracked_table t
    where t.untracked_at is null;
    update replica.log_state
    set log_id = gen_random_uuid(),
        system_identifier = (select c.system_identifier from pg_control_system() c),
        database = (select d.oid from pg_database d where d.datname = current_database()),
        own_oid = 'replica.log_state'::regclass::oid,
        topic = null,
        confirmed = null,
        confirmed_at = null
    returning log_id into _log;
    return format(
        'Began log %s. Now stop the source connector, DELETE its offsets through the REST API, '
        'point source and sink to a new topic, and resume: all tables are copied again.', _log);
end
$$;

comment on function replica.restart_log() is
    'Begin a new log on a master that went back in time; answers what to do next';
