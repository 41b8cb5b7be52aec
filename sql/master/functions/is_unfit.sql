create or replace function replica.is_unfit(tracked replica.tracked_table)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether a tracked table must be attended to: its triggers or partitions are not those that it should
    -- have, or it must be let go because of the log's limit, or need not be any more.
    select case
        when not replica.may_capture(tracked) then tracked.let_go_at is null
        else tracked.let_go_at is not null
            or tracked.triggers_version < (select s.schema_version from replica.log_state s)
            or not replica.triggers_fit(tracked)
            or not replica.partitions_fit(tracked)
        end
$$;

comment on function replica.is_unfit(replica.tracked_table) is
    'Whether a tracked table''s triggers must be renewed, or the table be let go or taken back';
