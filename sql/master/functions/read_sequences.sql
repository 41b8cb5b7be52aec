create or replace function replica.read_sequences()
returns table (name text, "table" text, "column" text, value bigint, is_called boolean, increment bigint)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10ms'
as $$
-- The tracked sequences as they are now: those that columns of tracked tables own, with table and column,
-- and those tracked by name. Sequences know no transactions: what this reads after a batch's snapshot was
-- taken lies behind every number in a row of the batch. Security definer, so that the source needs no
-- right on them; value is null where the schema's owner has none.
-- A transaction that is altering a sequence may last: what it holds is left out, rather than waited for.
declare
    _sequence record;
    _altered oid[] := '{}';
begin
    loop
        begin
            for _sequence in
                select c.oid, n.nspname, c.relname, o.owner, o.attname, s.seqincrement,
                       has_sequence_privilege(c.oid, 'select') as readable
                from (select d.objid, format('%I.%I', tn.nspname, tc.relname) as owner, a.attname
                      from replica.tracked_table t
                      join pg_class tc on tc.oid = t.relation
                      join pg_namespace tn on tn.oid = tc.relnamespace
                      join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = t.relation
                                      and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
                      join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
                      where t.untracked_at is null
                      union all
                      select t.relation, null, null
                      from replica.tracked_sequence t
                      where not exists (select
                                        from pg_depend d
                                        join replica.tracked_table o on o.relation = d.refobjid
                                        where d.classid = 'pg_class'::regclass and d.objid = t.relation
                                          and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
                                          and o.untracked_at is null)) o
                join pg_class c on c.oid = o.objid and c.relkind = 'S'
                join pg_namespace n on n.oid = c.relnamespace
                join pg_sequence s on s.seqrelid = c.oid
                where c.oid <> all (_altered)
            loop
                name := format('%I.%I', _sequence.nspname, _sequence.relname);
                "table" := _sequence.owner;
                "column" := _sequence.attname;
                increment := _sequence.seqincrement;
                value := case when _sequence.readable then pg_sequence_last_value(_sequence.oid) end;
                is_called := true;
                -- The function above is quick and does not tell the value of a sequence that nothing was drawn from.
                if value is null and _sequence.readable then
                    execute format('select s.last_value, s.is_called from %s s', name) into value, is_called;
                end if;
                return next;
            end loop;
            return;
        exception when lock_not_available or undefined_table or internal_error then
            if cardinality(_altered) > 0 then
                return;
            end if;
            _altered := array(
                select l.relation
                from pg_locks l
                where l.locktype = 'relation' and l.pid <> pg_backend_pid()
                  and l.database = (select d.oid from pg_database d where d.datname = current_database())
                  and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
                union all
                select 0);
        end;
    end loop;
end
$$;

comment on function replica.read_sequences() is
    'The tracked sequences as they are now, for the commit markers';
