/**
 * What remains of a replication when something breaks: connections that are cut, that hang or lose
 * what is sent over them, servers and tasks that die, stop for a while or come too late, topics
 * that lose records. Without Kafka here, where a fault can strike at any statement; with real
 * workers in {@link io.kreplica.e2e}.
 */
package io.kreplica.faults;
