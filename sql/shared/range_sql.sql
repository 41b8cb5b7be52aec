create or replace function replica.range_sql(relation regclass, keys text[], by_text boolean, has_from boolean, has_to boolean)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- The condition that the key of a row t lies in a range, in a form that an index serves.
    --   has_from  whether the range begins behind a key, $1: JSON from column name to text
    --   has_to    whether it ends with a key, $2
    select concat_ws(' and ',
        'true',
        case when has_from
             then format('(%s) > (%s)', string_agg(k.term, ', ' order by k.place), string_agg(k.from_value, ', ' order by k.place)) end,
        case when has_to
             then format('(%s) <= (%s)', string_agg(k.term, ', ' order by k.place), string_agg(k.to_value, ', ' order by k.place)) end)
    from replica.range_terms(relation, keys, by_text) k
$$;

comment on function replica.range_sql(regclass, text[], boolean, boolean, boolean) is
    'The condition that a row lies in a range of keys';
