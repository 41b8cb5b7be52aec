create or replace function replica.incomparable(
    relation regclass, keys text[], key_order text[], by_text boolean, columns text[], types text[])
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Why a range of the master's keys cannot be compared with this table's rows: the table is written here
    -- too, a column is missing or of another type, or the same keys would sort otherwise here. Null if it
    -- can be compared.
    select coalesce(
        (select 'it is tracked here too and not cascading, so that what is written here may not be on the master yet'
         from pg_trigger g
         join pg_proc p on p.oid = g.tgfoid
         join pg_namespace n on n.oid = p.pronamespace
         where g.tgrelid = relation and g.tgname like 'replica_log%' and g.tgenabled = 'O' and n.nspname = 'replica'
         limit 1),
        (select 'column ' || quote_ident(c.name)
                || case when d.name is null then ' is missing here'
                        when d.term is null then ' is generated here'
                        else ' is of type ' || d.type || ' here and ' || c.type || ' on the master' end
         from unnest(columns, types) with ordinality as c(name, type, place)
         left join replica.digest_terms(relation) d using (name)
         where d.term is null
            or d.type <> c.type and not (d.type in ('numeric', 'numeric[]') and replace(c.type, '[]', '') like 'numeric(%'
                                         and (d.type like '%[]') = (c.type like '%[]'))
         order by c.place
         limit 1),
        (select 'its key is sorted otherwise here, ' || quote_ident(o.key) || ' as '
                || coalesce(o.here, 'nobody knows') || ', on the master as ' || o.there
                || ': verify it by_text => true'
         from (select k.key, k.place, k.there, (replica.key_order(relation, keys))[k.place] as here
               from unnest(keys, key_order) with ordinality as k(key, there, place)) o
         where not by_text and o.here is distinct from o.there
         order by o.place
         limit 1))
$$;

comment on function replica.incomparable(regclass, text[], text[], boolean, text[], text[]) is
    'Why a range of the master''s keys cannot be compared with a table''s rows';
