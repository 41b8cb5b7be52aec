create or replace function replica.digest_range(
    relation regclass, keys text[], columns text[], by_text boolean, from_key jsonb, to_key jsonb)
returns table ("rows" bigint, digest text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set "DateStyle" = 'ISO, YMD'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set bytea_output = 'hex'
set extra_float_digits = 1
set lc_monetary = 'C'
as $$
-- How many rows a range of a table's keys has, and a digest of them that does not depend on their order,
-- on settings, or on the server: the sum of 64 bits of the SHA-256 of each row's text. With the rights of
-- whoever calls it.
--   keys      the key's columns, in key order
--   columns   the columns to take, in this order
--   by_text   whether the range is one of keys' texts, see replica.range_terms
--   from_key  the range begins behind this key, JSON from column name to text; null: with the first row
--   to_key    it ends with this key; null: it has no end
begin
    return query execute format(
        $sql$
        select count(*),
               coalesce(sum(('x' || encode(substring(sha256(convert_to(row(%s)::text, 'UTF8')) for 8), 'hex'))::bit(64)::bigint), 0)::text
        from %s t
        where %s
        $sql$,
        (select string_agg(d.term, ', ' order by c.place)
         from unnest(columns) with ordinality as c(name, place)
         join replica.digest_terms(relation) d using (name)),
        replica.own_rows(relation),
        replica.range_sql(relation, keys, by_text, from_key is not null, to_key is not null))
    using from_key, to_key;
end
$$;

comment on function replica.digest_range(regclass, text[], text[], boolean, jsonb, jsonb) is
    'Counts and digests the rows of a range of keys';
