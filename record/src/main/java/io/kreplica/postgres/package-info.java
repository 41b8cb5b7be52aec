/**
 * What both halves must know about PostgreSQL itself: how to connect and keep a session, how to
 * quote a name, what an SQLSTATE means for a connector, and how the SQL scripts are carried.
 */
package io.kreplica.postgres;
