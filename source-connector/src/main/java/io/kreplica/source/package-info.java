/**
 * The source half: reads the master's log and emits it as records on one topic partition, in an
 * order in which they can be replayed.
 *
 * <p>The three faces that Connect knows are here; the stations of a row's path are the packages
 * below, in this order: {@link io.kreplica.source.master} (who is at the other end, and may we),
 * {@link io.kreplica.source.listen} (is there something new), {@link io.kreplica.source.read}
 * (which log entries, in which order), {@link io.kreplica.source.event} (an entry becomes a
 * record), {@link io.kreplica.source.offset} (how far it is, and what the master may forget).
 */
package io.kreplica.source;
