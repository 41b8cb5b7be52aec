create or replace function replica.read_range(
    table_id integer,
    from_key jsonb,
    to_key jsonb,
    row_limit integer,
    byte_limit bigint,
    key_byte_limit bigint,
    by_text boolean,
    left_out text[])
returns table (
    end_key jsonb, is_last boolean, "rows" bigint, digest text,
    columns text[], types text[], keys text[], key_order text[], is_by_text boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set "DateStyle" = 'ISO, YMD'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set bytea_output = 'hex'
set extra_float_digits = 1
set lc_monetary = 'C'
as $$
-- The next piece of a range of a tracked table's keys: where it ends, how many rows it has, and their
-- digest; with what a slave needs to know to compute the same. Security definer, so that the source needs
-- no right on the table itself.
--   from_key        the last key of the piece before, or where the range begins; null for the first row
--   to_key          where the range ends; null: it has no end
--   row_limit, byte_limit, key_byte_limit   the piece has at most so many rows, about so many bytes, and
--                   about so many bytes of keys
--   by_text         see replica.range_terms; so it is in any case where the key's own order is not known
--   left_out        columns that need not be the same
declare
    _table replica.tracked_table;
    _terms text;
    _bound text;
    _key text;
begin
    select * into strict _table
    from replica.tracked_table t
    where t.table_id = read_range.table_id and t.untracked_at is null;
    perform replica.refuse_stale_snapshot(_table.relation);
    perform replica.refuse_held_back(_table.relation, 'compare');

    keys := array(select a.attname::text
                  from unnest(_table.key_columns) with ordinality as k(attnum, place)
                  join pg_attribute a on a.attrelid = _table.relation and a.attnum = k.attnum and not a.attisdropped
                  order by k.place);
    if cardinality(keys) < cardinality(_table.key_columns) then
        raise exception 'Cannot compare %: a column of the key by which it is tracked was dropped', _table.relation
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    select array_agg(d.name order by d.place), array_agg(d.type order by d.place)
    into columns, types
    from replica.digest_terms(_table.relation) d
    where d.term is not null and (d.name <> all (left_out) or d.name = any (keys));
    key_order := replica.key_order(_table.relation, keys);
    is_by_text := by_text or array_position(key_order, null) is not null;

    select string_agg(k.term, ', ' order by k.place),
           format('jsonb_build_object(%s)', string_agg(format('%L, %s', k.name, k.bound), ', ' order by k.place)),
           string_agg(format('octet_length(%s)', k.bound), ' + ')
    into strict _terms, _bound, _key
    from replica.range_terms(_table.relation, keys, is_by_text) k;
    execute format(
        $sql$
        select r.bound
        from (select s.bound, s.place, sum(s.stored) over w as bytes, sum(s.key_bytes) over w as key_bytes
              from (select %1$s as bound, row_number() over (order by %2$s) as place, %3$s as stored, %4$s as key_bytes
                    from %5$s t
                    where %6$s
                    order by %2$s
                    limit $3) s
              window w as (order by s.place)) r
        where r.place = $3 or r.bytes > $4 or r.key_bytes > $5
        order by r.place
        limit 1
        $sql$,
        _bound, _terms, replica.stored_bytes_sql(_table.relation), _key,
        replica.own_rows(_table.relation),
        replica.range_sql(_table.relation, keys, is_by_text, from_key is not null, to_key is not null))
    into end_key
    using from_key, to_key, row_limit, byte_limit, key_byte_limit;
    is_last := end_key is null or end_key is not distinct from to_key;
    end_key := coalesce(end_key, to_key);

    select d.rows, d.digest into strict "rows", digest
    from replica.digest_range(_table.relation, keys, columns, is_by_text, from_key, end_key) d;
    perform replica.refuse_stale_snapshot(_table.relation);
    return next;
exception when undefined_table or undefined_column or syntax_error then
    -- The snapshot shows a name that is another by now, or none.
    raise exception 'Cannot compare %: it was altered or dropped meanwhile', _table.name
        using errcode = 'serialization_failure', hint = 'It is tried again.';
end
$$;

comment on function replica.read_range(integer, jsonb, jsonb, integer, bigint, bigint, boolean, text[]) is
    'The next piece of a range of a tracked table''s keys, with its digest, for a verification';
