/**
 * Records in, complete batches out. Here is decided what is a duplicate, what is a gap, what an
 * earlier source left unfinished; nothing here touches the slave.
 */
package io.kreplica.sink.assemble;
