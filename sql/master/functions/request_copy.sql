create or replace function replica.request_copy(table_id integer)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Asks for a copy of a tracked table because rows of it went unlogged; once a transaction.
begin
    insert into replica.copy_request (table_id, reason)
    select request_copy.table_id, 'copy'
    where not exists (
        select
        from replica.copy_request r
        where r.table_id = request_copy.table_id and r.reason = 'copy' and r.requested_at = now());
    perform replica.ring_doorbell();
end
$$;

comment on function replica.request_copy(integer) is
    'Asks for a copy of a tracked table of which rows went unlogged';
