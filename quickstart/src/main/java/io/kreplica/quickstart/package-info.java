/** The command {@code bin/quickstart}: everything on this machine, from nothing to a verdict. */
package io.kreplica.quickstart;
