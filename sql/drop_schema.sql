-- The schema goes with its last object: the other half may live in it.
do $$
begin
    drop schema if exists replica;
exception
    when dependent_objects_still_exist then
        null;
    when insufficient_privilege then
        raise warning 'The schema replica stays: % does not own it.', current_user;
end
$$;
