/** Sleeping until the master has something new, and being the only one that reads its log. */
package io.kreplica.source.listen;
