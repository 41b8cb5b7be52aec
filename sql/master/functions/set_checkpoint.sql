create or replace function replica.set_checkpoint()
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
    -- Stores where the log stands, every 10,000 rows or so, by the writer that drew the number. Only the
    -- writer's snapshot is at hand here; the source counts the writer itself as in progress, since its
    -- transaction goes on. Several in one statement would be alike; it may draw none in a crowd of bulk
    -- writers, and the next one does.
    insert into replica.checkpoint (seq, snapshot, writer)
    values (lastval(), pg_current_snapshot(), pg_current_xact_id())
    on conflict (seq) do nothing
$$;

comment on function replica.set_checkpoint() is
    'Stores a position, between which batches stay small, at the log''s last row';
