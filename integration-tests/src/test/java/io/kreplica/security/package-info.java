/**
 * Who may do what, and what somebody who may little, or means harm, can reach: privileges, other
 * people's tables, names, records, secrets, connections. SECURITY.md says which class holds what.
 */
package io.kreplica.security;
