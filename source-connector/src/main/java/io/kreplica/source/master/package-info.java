/**
 * Who is at the other end: identity, version, privileges of the master, and installing the script.
 */
package io.kreplica.source.master;
