create or replace function replica.attend_log()
returns table (is_trouble boolean, message text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '100ms'
as $$
-- Looks after the log's size, for the source, which calls this when it looks after the tables, and for
-- replica.renew. Security definer, so that the source needs no right to truncate.
-- A log that has been sent is emptied where tables were let go for its size: rows deleted from it leave
-- their place to others, and not to the disk.
-- Returns what was done or is the matter, a sentence a row; the same sentence as long as it is.
begin
    if exists (select from replica.tracked_table t where t.let_go_at is not null and t.untracked_at is null)
       and not exists (select
                       from replica.replica_log l, replica.log_state s
                       where s.confirmed is null or not pg_visible_in_snapshot(l.xid, s.confirmed)) then
        begin
            -- Waits for writers, so that the next statement sees what they have logged.
            lock table replica.replica_log in access exclusive mode;
            if not exists (select
                           from replica.replica_log l, replica.log_state s
                           where s.confirmed is null or not pg_visible_in_snapshot(l.xid, s.confirmed)) then
                truncate replica.replica_log;
            end if;
        exception when lock_not_available or deadlock_detected then
            null;
        end;
    end if;

    return query
    select true, format(
        'The log has grown beyond its limit of %s (log_limit_bytes in replica.log_state). replica.status tells what Kafka has not acknowledged; replica.open_transactions, who keeps what it has from being removed.',
        pg_size_pretty(s.log_limit_bytes))
    from replica.log_state s
    where pg_total_relation_size('replica.replica_log') > s.log_limit_bytes;
    return query
    select true, format(
        'Changes of %s have not been logged since %s, when the log was beyond its limit; it is copied again once there is room',
        t.name, t.let_go_at)
    from replica.tracked_table t
    where t.let_go_at is not null and t.untracked_at is null and not replica.may_capture(t)
    order by t.table_id;
end
$$;

comment on function replica.attend_log() is
    'Looks after the log''s size; answers what is the matter with it';
