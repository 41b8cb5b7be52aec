/**
 * The contract between KReplica's two halves: what a record on the topic looks like, and what a
 * position in the log is. Neither half knows the other; both know this package, and both are tested
 * against the golden files beside its tests.
 *
 * <p>The path of one row, and the file that bears each station's name:
 *
 * <pre>
 *   application ──DML──▶ master table
 *                          │  sql/master/functions/log_change.sql
 *                          ▼
 *                  replica.replica_log          sql/master/tables/replica_log.sql
 *                          │  sql/master/functions/ring_doorbell.sql
 *                          ▼
 *   source   io.kreplica.source.listen.Doorbell       asleep until there is something to read
 *            io.kreplica.source.read.BatchPlanner     (position, target] becomes a batch
 *            io.kreplica.source.read.BatchReader      its log entries, in order
 *            io.kreplica.source.event.EventBuilder    a log entry becomes a record
 *                          │
 *                          ▼
 *            topic: begin marker, changes, commit marker     {@link io.kreplica.record.Marker},
 *                          │                                 {@link io.kreplica.record.EventHeaders}
 *                          ▼
 *   sink     io.kreplica.sink.assemble.BatchAssembler  records become complete batches
 *            io.kreplica.sink.apply.BatchApplier       one slave transaction, position included
 *                          │
 *                          ▼
 *                     slave table
 * </pre>
 *
 * <p>Positions on this path are MVCC snapshots, never bare numbers: see {@link
 * io.kreplica.record.LogPosition}.
 */
package io.kreplica.record;
