/** How far the source has come: its offsets in Connect, and what the master may forget. */
package io.kreplica.source.offset;
