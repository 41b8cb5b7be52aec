/** Which log entries come next, in which order: planning batches, reading them, copying tables. */
package io.kreplica.source.read;
