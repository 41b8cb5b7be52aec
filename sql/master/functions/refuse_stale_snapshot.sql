create or replace function replica.refuse_stale_snapshot(tracked regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Refuses to believe what a transaction's snapshot has shown of a table that was rewritten or dropped
-- after the snapshot was taken: ALTER TABLE writes the rows anew, and an older snapshot then sees none.
-- To be asked after reading, when the table is locked: the catalog in the snapshot and the catalog now
-- must name the same files. The failure passes by itself, in a newer snapshot.
declare
    _stale regclass;
begin
    select f.relid into _stale
    from (select tracked as relid
          union
          select p.relid from pg_partition_tree(tracked) p) f
    left join pg_class c on c.oid = f.relid
    where c.relkind is distinct from 'p'
      and (c.oid is null or c.relfilenode is distinct from pg_relation_filenode(c.oid))
    limit 1;
    if found then
        raise exception 'Cannot copy from %: it was rewritten or dropped meanwhile', _stale
            using errcode = 'serialization_failure', hint = 'It is tried again.';
    end if;
end
$$;

comment on function replica.refuse_stale_snapshot(regclass) is
    'Raises a serialization failure for a table that was rewritten after the snapshot was taken';
