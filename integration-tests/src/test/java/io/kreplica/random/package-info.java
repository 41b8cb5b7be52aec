/**
 * Random schemas and random statements, for tests of what nobody thought of. Everything follows
 * from a seed.
 */
package io.kreplica.random;
