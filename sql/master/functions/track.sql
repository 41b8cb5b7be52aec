create or replace function replica.track(
    tracked regclass,
    key regclass default null,
    copy boolean default true,
    old_image boolean default false,
    cascading boolean default false)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Tracks a table: from now on every change of it is logged, and the source copies it whole once.
-- Tracking a tracked table again renews its triggers, and asks for no copy unless its key is another.
--   tracked    the table
--   key        a unique index to use as the key instead of the primary key
--   copy       whether the slaves need its present rows
--   old_image  whether the log is to hold each row before its change too, for audits and filters
--   cascading  whether to log what a sink applies here, too: this slave is the master of another
-- Returns what was done, as a sentence.
declare
    _class pg_class;
    _before replica.tracked_table;
    _keys smallint[];
    _key_names text[];
    _id integer;
    _again boolean;
    _rekeyed boolean;
    _copied boolean := false;
begin
    select * into strict _class from pg_class c where c.oid = tracked;
    perform replica.refuse_untrackable(_class);
    perform replica.refuse_unreadable(tracked);
    perform replica.refuse_strangers(tracked);
    _keys := replica.key_columns(tracked, key);
    select array_agg(a.attname::text order by k.ordinality)
    into strict _key_names
    from unnest(_keys) with ordinality as k(attnum, ordinality)
    join pg_attribute a on a.attrelid = tracked and a.attnum = k.attnum;

    perform replica.forget_dropped();
    select * into _before from replica.tracked_table t where t.relation = tracked;
    _again := found and _before.untracked_at is null;
    _rekeyed := _again and (_before.key_lost or not replica.key_fits(_before) or _before.key_columns <> _keys);
    insert into replica.tracked_table as t (relation, name, key_columns, key_names, exact, pinned, careful, row_form, old_image, cascading)
    values (tracked,
            format('%s.%I', _class.relnamespace::regnamespace, _class.relname),
            _keys,
            _key_names,
            replica.image_matters(tracked),
            replica.settings_matter(tracked),
            replica.foreign_keys_change(tracked),
            replica.needs_row_form(tracked) or track.old_image,
            track.old_image,
            track.cascading)
    on conflict (relation) do update
        set name = excluded.name,
            key_columns = excluded.key_columns,
            key_names = excluded.key_names,
            exact = excluded.exact,
            pinned = excluded.pinned,
            careful = excluded.careful,
            row_form = excluded.row_form,
            old_image = excluded.old_image,
            cascading = excluded.cascading,
            key_lost = false,
            tracked_at = excluded.tracked_at,
            untracked_at = null
    returning t.table_id into _id;

    perform replica.create_triggers(_id);
    perform replica.keep_former(_before);
    perform replica.note_names();
    perform replica.adopt_partition(_id, p.relation, log_rows => _again)
    from (select p.relation
          from replica.partitions(tracked) p
          where not exists (select from replica.tracked_partition k
                            where k.relation = p.relation and k.table_id = _id)
          order by p.level, p.relation) p;

    if copy and (_rekeyed or not _again) then
        insert into replica.copy_request (table_id, reason) values (_id, case when _again then 'copy' else 'track' end);
        perform replica.ring_doorbell();
        _copied := true;
    end if;
    return format(
        '%s %s by (%s)%s',
        case when _again then 'Renewed the tracking of' else 'Tracking' end,
        tracked,
        array_to_string(_key_names, ', '),
        case when _copied then '; its present rows will be copied' else '' end);
end
$$;

comment on function replica.track(regclass, regclass, boolean, boolean, boolean) is
    'Log every change of a table from now on, and copy its present rows; answers what it did';
