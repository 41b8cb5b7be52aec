create or replace function replica.table_shape(relation regclass)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- What of a table its slaves have too: name, columns and constraints, in terms that differ once they are
    -- changed. Owners, storage, triggers, indexes and rights belong to each server. A foreign key counts if the
    -- slaves have the other table.
    select jsonb_build_object(
        'name', format('%s.%I', c.relnamespace::regnamespace, c.relname),
        'attributes', c.relnatts,
        'columns', (
            select jsonb_agg(
                jsonb_build_array(a.attnum, a.attname, a.atttypid, a.atttypmod, a.attcollation,
                                  a.attnotnull, a.attidentity, a.attgenerated, d.oid)
                order by a.attnum)
            from pg_attribute a
            left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
        'constraints', (
            select jsonb_agg(jsonb_build_array(k.oid, k.conname, k.convalidated, k.condeferrable, k.condeferred)
                             order by k.oid)
            from pg_constraint k
            where k.conrelid = c.oid
              and (k.contype in ('p', 'u', 'c', 'x')
                   or k.contype = 'f' and exists (select
                                                  from replica.tracked_table t
                                                  where t.relation = k.confrelid and t.untracked_at is null))))
    from pg_class c
    where c.oid = table_shape.relation
$$;

comment on function replica.table_shape(regclass) is
    'What of a table its slaves have too, to tell whether a command has changed it';
