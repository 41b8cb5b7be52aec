create or replace function replica.may_capture(tracked replica.tracked_table)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether the log has room for a tracked table's changes, as far as its limit says. A table that was let
    -- go waits for more room than one that is captured, lest it be let go again at once.
    select s.log_limit_bytes is null
        or s.log_limit_policy <> 'stop_capture'
        or pg_total_relation_size('replica.replica_log')
           <= s.log_limit_bytes / case when tracked.let_go_at is null then 1 else 2 end
    from replica.log_state s
$$;

comment on function replica.may_capture(replica.tracked_table) is
    'Whether the log''s limit leaves room for a tracked table''s changes';
