drop trigger if exists checkpoint on replica.replica_log;
create trigger checkpoint
    after insert on replica.replica_log
    for each row when (new.seq % 10000 = 0)
    execute function replica.set_checkpoint();
comment on trigger checkpoint on replica.replica_log is 'Stores a position every 10,000 log rows';
