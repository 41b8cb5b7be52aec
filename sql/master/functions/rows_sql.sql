create or replace function replica.rows_sql(tracked replica.tracked_table, condition text, tail text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A query for rows t of a tracked table, as the log would hold them.
    --   condition  which rows; may refer to $1 and $2
    --   tail       what follows it
    -- Rows of more bytes than $3 come without row and image: with their key, by which replica.read_row
    -- finds them, and about how many bytes they have.
    select format(
        'select case when c.bytes <= $3 then c.row end, case when c.bytes <= $3 then c.image end,
                case when c.bytes > $3 then c.key end, c.bytes, %1$L::boolean
         from (select r.row, r.image, r.key,
                      greatest(r.stored,
                          coalesce(pg_column_size(r.row), 0) + coalesce(pg_column_size(r.image), 0)) as bytes
               from (select case when s.stored <= $3 then to_json(t.*) end as row,
                            case when s.stored <= $3 then %2$s end as image,
                            json_build_object(%3$s) as key,
                            s.stored
                     from %4$s t
                     cross join lateral (select (%5$s)::bigint as stored offset 0) s
                     where %6$s %7$s) r
               offset 0) c',
        tracked.exact,
        case when tracked.exact then '(t.*)::text' else 'null::text' end,
        (select string_agg(format('%L, t.%I::text', a.attname, a.attname), ', ' order by k.ordinality)
         from unnest(tracked.key_columns) with ordinality as k(attnum, ordinality)
         join pg_attribute a on a.attrelid = tracked.relation and a.attnum = k.attnum),
        replica.own_rows(tracked.relation),
        replica.stored_bytes_sql(tracked.relation),
        condition,
        tail)
$$;

comment on function replica.rows_sql(replica.tracked_table, text, text) is
    'A query for rows of a tracked table, as the log would hold them';
