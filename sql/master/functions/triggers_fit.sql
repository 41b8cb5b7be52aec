create or replace function replica.triggers_fit(tracked replica.tracked_table)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether a tracked table's triggers still log it rightly: false once columns were added whose values
    -- JSON or a session's settings would change, foreign keys that change rows, or heirs; once the key is
    -- gone; once the table or its key is called otherwise than the log's reader knows; and while some of its
    -- triggers are disabled, or not enabled for what a sink applies where they should be, as after
    -- pg_restore --disable-triggers. Those of a table that was let go are disabled by us.
    select replica.image_matters(tracked.relation) <= tracked.exact
       and replica.settings_matter(tracked.relation) <= tracked.pinned
       and replica.foreign_keys_change(tracked.relation) <= tracked.careful
       and replica.needs_row_form(tracked.relation) <= tracked.row_form
       and not tracked.key_lost
       and replica.key_fits(tracked)
       and replica.names_fit(tracked)
       and (tracked.let_go_at is not null or not exists (
           select
           from (select tracked.relation
                 union all
                 select k.relation
                 from replica.tracked_partition k
                 where k.table_id = tracked.table_id) r
           join pg_trigger g on g.tgrelid = r.relation
           join pg_proc p on p.oid = g.tgfoid
           where p.pronamespace = 'replica'::regnamespace
             and g.tgenabled::text <> case when tracked.cascading then 'A' else 'O' end))
$$;

comment on function replica.triggers_fit(replica.tracked_table) is
    'Whether a tracked table''s triggers still log it rightly';
