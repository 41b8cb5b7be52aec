/**
 * How far the slave is: the row of {@code replica.replica_position}, which is claimed when a task
 * starts, compared before anything is applied, and moved in the transaction that applies it.
 */
package io.kreplica.sink.position;
