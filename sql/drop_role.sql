-- Takes the role that the setting replica.role names out of this database, and drops it if nothing else
-- needs it. Not with DROP OWNED: that would drop tables which the role owns, as those that a sink may
-- alter, and take from it what it needs for the cluster's other databases.
do $$
declare
    _name constant name := current_setting('replica.role');
    _role constant oid := to_regrole(_name);
    _database constant oid := (select d.oid from pg_database d where d.datname = current_database());
    _granted record;
    _left text;
begin
    if _role is null then
        return;
    end if;

    for _granted in
        select o.identity,
               case when o.type in ('view', 'materialized view', 'foreign table') then 'table'
                    when o.type in ('aggregate', 'procedure') then 'routine'
                    when o.type = 'foreign-data wrapper' then 'foreign data wrapper'
                    when o.type = 'server' then 'foreign server'
                    else o.type
               end as kind
        from (select distinct d.classid, d.objid
              from pg_shdepend d
              where d.refclassid = 'pg_authid'::regclass and d.refobjid = _role and d.deptype = 'a'
                and (d.dbid = _database or d.classid = 'pg_database'::regclass and d.objid = _database)) d
        cross join lateral pg_identify_object(d.classid, d.objid, 0) o
    loop
        begin
            if _granted.kind = 'default acl' then
                execute format(
                    'alter default privileges %s from %I',
                    regexp_replace(_granted.identity, ' on (\w+)$', ' revoke all on \1'),
                    _name);
            else
                execute format('revoke all on %s %s from %I', _granted.kind, _granted.identity, _name);
            end if;
        exception when insufficient_privilege then
            raise warning 'What % may do with % % stays: % may not revoke it.',
                _name, _granted.kind, _granted.identity, current_user;
        end;
    end loop;

    -- Parameters are granted for the whole cluster.
    select string_agg(
               distinct coalesce('database ' || b.datname, pg_describe_object(d.classid, d.objid, d.objsubid)), ', ')
    into _left
    from pg_shdepend d
    left join pg_database b on b.oid = d.dbid and b.oid <> _database
    where d.refclassid = 'pg_authid'::regclass and d.refobjid = _role
      and d.classid is distinct from to_regclass('pg_parameter_acl')::oid;
    if _left is not null then
        raise warning 'Role % stays, as others depend on it: %', _name, _left
            using hint = format('Once they do not: DROP ROLE %I;', _name);
        return;
    end if;

    begin
        for _granted in
            select o.identity
            from pg_shdepend d
            cross join lateral pg_identify_object(d.classid, d.objid, 0) o
            where d.refclassid = 'pg_authid'::regclass and d.refobjid = _role
        loop
            execute format('revoke all on parameter %s from %I', _granted.identity, _name);
        end loop;
        execute format('drop role %I', _name);
    exception when insufficient_privilege or dependent_objects_still_exist then
        raise warning 'Role % stays: %', _name, sqlerrm
            using hint = format('Let an administrator run: DROP ROLE %I;', _name);
    end;
end
$$;
