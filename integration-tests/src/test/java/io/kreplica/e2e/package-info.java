/**
 * Both connectors in a real Connect worker, driven through its REST interface as a user would,
 * between real databases under random load. Two things are asked: that master and slave are equal
 * in the end, and that whatever the slave showed on the way was a state the master had.
 */
package io.kreplica.e2e;
