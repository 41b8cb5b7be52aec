create or replace function replica.triggers_fit(tracked replica.tracked_table)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether a tracked table's triggers still log it rightly: false once columns were added whose values
    -- JSON or a session's settings would change, foreign keys that change rows, or heirs; once the key is
    -- gone; and once the table or its key is called otherwise than the log's reader knows.
    select replica.image_matters(tracked.relation) <= tracked.exact
       and replica.settings_matter(tracked.relation) <= tracked.pinned
       and replica.foreign_keys_change(tracked.relation) <= tracked.careful
       and replica.needs_row_form(tracked.relation) <= tracked.row_form
       and not tracked.key_lost
       and replica.key_fits(tracked)
       and replica.names_fit(tracked)
$$;

comment on function replica.triggers_fit(replica.tracked_table) is
    'Whether a tracked table''s triggers still log it rightly';
