create or replace function replica.refuse_unreadable(tracked regclass)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- Refuses tables with columns whose values PostgreSQL writes as text but does not read: types of the
-- system's own catalogs, which ALTER TABLE and CREATE TABLE AS let into others.
declare
    _column name;
    _type text;
begin
    with recursive types(attname, oid) as (
        select a.attname, a.atttypid
        from pg_attribute a
        where a.attrelid = tracked and a.attnum > 0 and not a.attisdropped
        union
        select s.attname, p.oid
        from types s
        join pg_type t on t.oid = s.oid
        left join pg_range r on r.rngtypid = t.oid
        left join pg_attribute a on a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
        cross join lateral unnest(array[t.typbasetype, t.typelem, r.rngsubtype, a.atttypid]) p(oid)
        where p.oid <> 0
    )
    select s.attname, format_type(s.oid, null) into _column, _type
    from types s
    where s.oid = any (array[
        to_regtype('pg_node_tree'), to_regtype('pg_ndistinct'), to_regtype('pg_dependencies'),
        to_regtype('pg_mcv_list'), to_regtype('pg_brin_bloom_summary'),
        to_regtype('pg_brin_minmax_multi_summary'), to_regtype('gtsvector')]::oid[])
    limit 1;
    if found then
        raise exception 'Cannot track %: PostgreSQL does not read back what it writes of type %, which column % has',
                tracked, _type, quote_ident(_column)
            using errcode = 'feature_not_supported',
                  hint = format('ALTER TABLE %s ALTER COLUMN %I TYPE text, or move the column to a table of its own.', tracked, _column);
    end if;
end
$$;

comment on function replica.refuse_unreadable(regclass) is
    'Raises an error, with the remedy, for a table with values that no slave could read';
