/**
 * The command {@code bin/benchmark}: how fast the replication is and what it costs, measured on
 * this machine in one run. Figures of different machines do not compare; nothing here is asserted.
 */
package io.kreplica.benchmark;
