-- Refuses a schema replica, or objects in it, of another role: whoever made them could have put anything in
-- the place of what a script is about to create and call, and have it run with this role's rights.
do $$
declare
    _owner name;
    _object text;
begin
    select pg_get_userbyid(o.owner), o.what into _owner, _object
    from (select n.nspowner as owner, 'it' as what, 1 as rank
          from pg_namespace n
          where n.nspname = 'replica'
          union all
          select c.relowner, c.oid::regclass::text, 2
          from pg_class c
          where c.relnamespace = to_regnamespace('replica')
          union all
          select p.proowner, p.oid::regprocedure::text, 3
          from pg_proc p
          where p.pronamespace = to_regnamespace('replica')) o
    where o.owner <> (select r.oid from pg_roles r where r.rolname = current_user)
    order by o.rank
    limit 1;
    if found then
        raise exception 'Cannot install: schema replica is there, and % belongs to role %, not to %', _object, _owner, current_user
            using errcode = 'insufficient_privilege',
                  hint = format('If that role installed it: SET ROLE %I; and run the script again. If it is not known to you, look at what the schema holds, and drop it.', _owner);
    end if;
end
$$;
