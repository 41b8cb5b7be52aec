create or replace function replica.set_checkpoint()
returns trigger
language plpgsql
as $$
-- Stores where the log stands. Only the writer's snapshot is at hand here; the source counts the
-- writer itself as in progress, since its transaction goes on.
begin
    insert into replica.checkpoint (seq, snapshot, writer)
    values (new.seq, pg_catalog.pg_current_snapshot(), new.xid);
    return null;
end
$$;

comment on function replica.set_checkpoint() is
    'Row trigger on the log, every 10,000 rows: stores a position between which batches stay small';
