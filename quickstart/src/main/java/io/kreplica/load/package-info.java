/**
 * Work for a master, and the comparison of what came of it on both sides: a bank whose books must
 * balance in every state that anybody can see.
 */
package io.kreplica.load;
