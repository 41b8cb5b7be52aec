create or replace function replica.note_rewrite()
returns event_trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $$
-- Event trigger: notes that a command computes values of a tracked table anew, which need not show in the table's
-- shape: ALTER COLUMN … TYPE text USING upper(…). Security definer, since whoever alters a table need have no
-- right on what is tracked.
declare
    -- In PostgreSQL's terms 2 is a default for a new column, 4 a column's type.
    _computes constant boolean := pg_event_trigger_table_rewrite_reason() & 6 <> 0;
    _relation constant regclass := pg_event_trigger_table_rewrite_oid();
begin
    update replica.tracked_table t
    set shape = t.shape || '{"rewritten": true}'
    where _computes and t.relation in (_relation, pg_partition_root(_relation)) and t.untracked_at is null;
exception when others then
    raise warning 'KReplica cannot look at this command: %', sqlerrm;
end
$$;

comment on function replica.note_rewrite() is
    'Event trigger: notes that a command computes values of a tracked table anew';
