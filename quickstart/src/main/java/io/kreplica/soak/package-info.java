/**
 * A busy replication that is disturbed in every way at random, watched all the time, and compared
 * at the end: {@code bin/soak}.
 */
package io.kreplica.soak;
