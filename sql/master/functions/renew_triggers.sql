create or replace function replica.renew_triggers(table_id integer)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Makes a tracked table's triggers anew, for what the table is now; its key and how it is tracked stay.
-- Returns what was done, as a sentence.
declare
    _table replica.tracked_table;
begin
    update replica.tracked_table t
    set exact = replica.image_matters(t.relation),
        pinned = replica.settings_matter(t.relation),
        careful = replica.foreign_keys_change(t.relation),
        row_form = replica.needs_row_form(t.relation) or t.old_image
    where t.table_id = renew_triggers.table_id and t.untracked_at is null
    returning * into strict _table;
    if not replica.key_fits(_table) then
        raise exception 'Cannot renew the tracking of %: its key (%) does not identify its rows any more',
                _table.relation, array_to_string(_table.key_names, ', ')
            using errcode = 'object_not_in_prerequisite_state',
                  hint = format('Give it a primary key if it has none, then: select replica.track(%1$L); select replica.copy(%1$L);', _table.relation);
    end if;
    perform replica.create_triggers(_table.table_id);
    perform replica.note_names();
    return format(
        'Renewed the tracking of %s by (%s)%s', _table.relation, array_to_string(_table.key_names, ', '),
        case when _table.let_go_at is not null
             then '; its changes are logged again, and it will be copied' else '' end);
end
$$;

comment on function replica.renew_triggers(integer) is
    'Makes a tracked table''s triggers anew; answers what it did';
