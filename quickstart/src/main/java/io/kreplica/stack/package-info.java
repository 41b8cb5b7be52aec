/**
 * The servers that a replication runs on, each real and each on this machine: two PostgreSQL
 * servers, a Kafka broker and a distributed Connect worker. The quick start, the tests and the
 * benchmark stand on this package.
 */
package io.kreplica.stack;
