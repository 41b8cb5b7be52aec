create or replace function replica.command_path(search_path text, role name)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- The schemas in which a role looks unqualified names up, as current_schemas() would tell that role.
    --   search_path  its setting, perhaps with "$user"
    select coalesce(string_agg(quote_ident(n.nspname), ', ' order by s.place), '')
    from (select case when m.word = '"$user"' then command_path.role
                      when m.word like '"%' then replace(substr(m.word, 2, length(m.word) - 2), '""', '"')
                      else lower(m.word)
                 end as name,
                 m.place
          from (select r.words[1] as word, r.place
                from regexp_matches(command_path.search_path, '("(?:[^"]|"")*"|[^",\s]+)', 'g')
                         with ordinality as r(words, place)) m) s
    join pg_namespace n on n.nspname = s.name
    where has_schema_privilege(command_path.role, n.oid, 'usage')
      and n.nspname !~ '^pg_temp'
$$;

comment on function replica.command_path(text, name) is
    'The schemas in which a role with a search path looks unqualified names up';
