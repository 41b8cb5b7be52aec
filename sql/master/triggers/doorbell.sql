-- One per log insert, whoever made it; and a request for a copy wakes the source as well.
drop trigger if exists doorbell on replica.replica_log;
create trigger doorbell
    after insert on replica.replica_log
    for each statement execute function replica.ring_doorbell();
comment on trigger doorbell on replica.replica_log is 'Wakes the source if it sleeps';

drop trigger if exists doorbell on replica.copy_request;
create trigger doorbell
    after insert on replica.copy_request
    for each statement execute function replica.ring_doorbell();
comment on trigger doorbell on replica.copy_request is 'Wakes the source if it sleeps';
