create or replace function replica.forget_dropped()
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Lets go of tracked tables that are gone: dropped, or without a trigger that logs in their name, as
-- after a restore in which another table has the number of one that was dropped. Their log rows are
-- still sent, under the name that is kept; copies of them are asked for in vain. Returns how many. Sequences that are gone are let go of as well.
declare
    _forgotten integer;
begin
    perform replica.find_restored();
    with gone as (
        update replica.tracked_table t
        set relation = null,
            untracked_at = coalesce(t.untracked_at, now())
        where t.relation is not null
          and not (case when t.untracked_at is null
                   then exists (
                       select
                       from pg_trigger g
                       join pg_proc p on p.oid = g.tgfoid
                       where g.tgrelid = t.relation
                         and p.pronamespace = 'replica'::regnamespace
                         and split_part(encode(g.tgargs, 'escape'), E'\\000', 1) = t.table_id::text)
                   else exists (select from pg_class c where c.oid = t.relation)
                   end)
        returning t.table_id
    ), crossed_out as (
        delete from replica.copy_request r
        using gone g
        where r.table_id = g.table_id and r.finished_at is null
    ), not_checked as (
        delete from replica.check_request r
        using gone g
        where r.table_id = g.table_id and r.finished_at is null
    ), unknown_again as (
        delete from replica.tracked_partition k
        using gone g
        where k.table_id = g.table_id
    )
    select count(*) into _forgotten from gone;
    delete from replica.tracked_sequence s
    where not exists (select from pg_class c where c.oid = s.relation and c.relkind = 'S');
    return _forgotten;
end
$$;

comment on function replica.forget_dropped() is
    'Lets go of tracked tables that were dropped; answers how many';
