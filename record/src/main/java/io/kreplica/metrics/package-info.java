/** What the connectors' tasks show of themselves in Connect's metrics. */
package io.kreplica.metrics;
