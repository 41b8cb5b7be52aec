/** A log entry becomes a record: key, value, schemas and headers. */
package io.kreplica.source.event;
