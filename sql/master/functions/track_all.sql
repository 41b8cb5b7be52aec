create or replace function replica.track_all(schema regnamespace, copy boolean default true)
returns table (name text, result text)
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '400ms'
as $$
-- Tracks every table of a schema that can be tracked; renews those that are tracked already. Partitions
-- are left to their root, and named only where that lies in another schema. What cannot be tracked, and
-- what a transaction keeps busy, is left out with the reason and the remedy; nothing makes the call fail.
--   schema  the schema
--   copy    whether the slaves need the present rows
-- Returns a row a table: its name and what was done, as a sentence.
declare
    _class record;
    _message text;
    _hint text;
begin
    if schema in ('replica'::regnamespace, 'pg_catalog'::regnamespace, 'information_schema'::regnamespace) then
        raise exception 'Cannot track schema %: it holds no tables of yours', schema
            using errcode = 'wrong_object_type', hint = 'Name a schema of your own.';
    end if;
    perform replica.forget_dropped();

    for _class in
        select c.oid, c.relispartition,
               t.table_id,
               (select e.extname
                from pg_depend d
                join pg_extension e on e.oid = d.refobjid
                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
                  and d.refclassid = 'pg_extension'::regclass) as extension
        from pg_class c
        left join replica.tracked_table t on t.relation = c.oid and t.untracked_at is null
        where c.relnamespace = schema
          and c.relkind in ('r', 'p', 'v', 'm', 'f')
          and not (c.relispartition
                   and (select r.relnamespace from pg_class r where r.oid = pg_partition_root(c.oid)) = schema)
        order by c.relname
    loop
        name := _class.oid::regclass::text;
        begin
            if _class.relispartition then
                result := format('Left out: it is a partition. Track its root %s.', pg_partition_root(_class.oid)::regclass);
            elsif _class.table_id is not null then
                result := replica.renew_triggers(_class.table_id);
            elsif _class.extension is not null then
                result := format('Left out: it belongs to extension %s. If its rows are yours, track it by itself.', _class.extension);
            else
                result := replica.track(tracked => _class.oid::regclass, copy => track_all.copy);
            end if;
        exception
            when lock_not_available or deadlock_detected then
                result := 'Left out: open transactions are changing it. Run this again.';
            when others then
                get stacked diagnostics _message = message_text, _hint = pg_exception_hint;
                result := rtrim(format('Left out: %s. %s', _message, _hint));
        end;
        return next;
    end loop;
end
$$;

comment on function replica.track_all(regnamespace, boolean) is
    'Log every change of every table of a schema that can be tracked; answers what it did with each';
