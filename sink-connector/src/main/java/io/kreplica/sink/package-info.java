/**
 * The sink connector: from the topic to the slave. The faces that Kafka Connect knows are here; the
 * stations of a record's path are below, in this order:
 *
 * <pre>
 *   ReplicaSinkTask.put
 *      │
 *      ▼
 *   assemble   records become complete batches; duplicates, gaps, zombies   (no I/O)
 *      │         change    a record becomes a change of a row, all values as text
 *      ▼
 *   apply      reduced, written table by table in one slave transaction,
 *      │         position  whose first statement takes the position row and
 *      ▼                   whose commit moves it
 *   slave
 * </pre>
 */
package io.kreplica.sink;
