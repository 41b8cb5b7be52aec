/**
 * Complete batches become slave transactions: changes are reduced to the last state of each row,
 * written a table at a time, and committed together with the position they lead to.
 */
package io.kreplica.sink.apply;
