/**
 * A record as the slave will see it: which table, which key, which columns, all values as
 * PostgreSQL's text. Whether the record carried a schema makes no difference behind this package.
 */
package io.kreplica.sink.change;
