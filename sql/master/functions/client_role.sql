create or replace function replica.client_role()
returns name
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- The role that a client has, also within functions of another role's that it has called.
    select case current_setting('role') when 'none' then session_user else current_setting('role')::name end
$$;

comment on function replica.client_role() is
    'The role that a client has, also within functions of another role''s';
