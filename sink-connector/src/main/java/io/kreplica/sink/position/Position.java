package io.kreplica.sink.position;

import io.kreplica.record.LogPosition;

/**
 * How far a slave has come in a master's log. Immutable.
 *
 * @param log the identity of the log
 * @param snapshot what is applied
 * @param epoch the epoch of the source that sent the last applied batch
 * @param batch the last applied batch, as text
 * @param kafkaOffset the offset of its commit marker; negative if there is none
 */
public record Position(
    String log, LogPosition snapshot, long epoch, String batch, long kafkaOffset) {}
