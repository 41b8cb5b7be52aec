create or replace function replica.names_fit(tracked replica.tracked_table)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether a tracked table and its key are still called what the log's reader calls them.
    select coalesce(
        (select format('%s.%I', c.relnamespace::regnamespace, c.relname) = tracked.name
         from pg_class c
         where c.oid = tracked.relation)
        and (select array_agg(case when a.attisdropped then tracked.key_names[k.ordinality] else a.attname::text end
                              order by k.ordinality) = tracked.key_names
             from unnest(tracked.key_columns) with ordinality as k(attnum, ordinality)
             join pg_attribute a on a.attrelid = tracked.relation and a.attnum = k.attnum),
        true)
$$;

comment on function replica.names_fit(replica.tracked_table) is
    'Whether a tracked table and its key are still called what they were called when that was last noted';
