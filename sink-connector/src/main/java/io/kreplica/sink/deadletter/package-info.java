/**
 * Transactions that the slave refuses go to Connect's dead letter queue, whole, where the user says
 * so.
 */
package io.kreplica.sink.deadletter;
