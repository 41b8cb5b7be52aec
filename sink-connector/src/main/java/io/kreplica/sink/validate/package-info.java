/** What is checked before a sink starts: its properties, and whether the slave is ready for it. */
package io.kreplica.sink.validate;
