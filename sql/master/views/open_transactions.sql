drop view if exists replica.open_transactions;
create view replica.open_transactions as
with ringless as (
    select l.pid, l.virtualtransaction
    from pg_catalog.pg_locks l
    where l.locktype = 'advisory' and l.classid = 19282 and l.objid = 1 and l.objsubid = 2
      and l.mode = 'ShareLock' and l.granted
      and l.database = (select d.oid from pg_catalog.pg_database d
                        where d.datname = pg_catalog.current_database())
)
select
    case when a.state like 'idle in transaction%' then 'idle' else 'session' end as kind,
    a.pid,
    a.application_name as name,
    a.usename::text as owner,
    a.xact_start as began_at,
    pg_catalog.clock_timestamp() - a.xact_start as age,
    exists (select from ringless r where r.pid = a.pid) as keeps_source_awake,
    coalesce(a.backend_xid, a.backend_xmin) is not null as keeps_dead_rows
from pg_catalog.pg_stat_activity a
where a.datname = pg_catalog.current_database()
  and a.pid <> pg_catalog.pg_backend_pid()
  and (a.backend_xid is not null
       or a.backend_xmin is not null
       or exists (select from ringless r where r.pid = a.pid))
union all
select
    'prepared',
    null,
    p.gid,
    p.owner::text,
    p.prepared,
    pg_catalog.clock_timestamp() - p.prepared,
    exists (select from ringless r where r.pid is null and r.virtualtransaction = '-1/' || p.transaction),
    true
from pg_catalog.pg_prepared_xacts p
where p.database = pg_catalog.current_database()
order by began_at nulls first;

comment on view replica.open_transactions is 'Transactions that are open in this database, the oldest first, and what they cost while they are. A role without pg_read_all_stats sees less of those of others';
comment on column replica.open_transactions.kind is 'session; idle: a session that waits for its client with the transaction open; prepared: it belongs to no session any more';
comment on column replica.open_transactions.pid is 'Its backend, which pg_terminate_backend ends; null if it is prepared';
comment on column replica.open_transactions.name is 'The session''s application_name; or the name under which it was prepared, for COMMIT PREPARED and ROLLBACK PREPARED';
comment on column replica.open_transactions.owner is 'Whose it is';
comment on column replica.open_transactions.began_at is 'When it began, or was prepared';
comment on column replica.open_transactions.age is 'How long that is ago';
comment on column replica.open_transactions.keeps_source_awake is 'Whether it has written to tracked tables, or called replica, without ringing: until it ends, the source looks for changes instead of sleeping, some fifty times a second';
comment on column replica.open_transactions.keeps_dead_rows is 'Whether VACUUM must keep rows that were deleted since it began: those of the log too, which grows on disk though it is pruned';
