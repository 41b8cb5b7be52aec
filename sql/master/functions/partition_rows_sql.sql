create or replace function replica.partition_rows_sql(root regclass, leaf regclass)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A FROM clause with the rows of one partition as r, and a condition to go on from. Rights and row
    -- security are asked for at the table that a statement names; track has asked at the root.
    select case
               when has_table_privilege(leaf, 'select') and not row_security_active(leaf)
               then format('from only %s r where true', leaf)
               else format('from %s r where r.tableoid = %s', root, leaf::oid)
           end
$$;

comment on function replica.partition_rows_sql(regclass, regclass) is
    'A FROM clause with the rows of one partition';
