package io.kreplica.source.read;

import io.kreplica.record.LogPosition;
import java.util.List;
import java.util.Optional;

/**
 * What the master shows at one instant, from which a batch is planned.
 *
 * @param now the position of that instant
 * @param hasChanges whether the log holds rows between the planner's position and now
 * @param checkpoints stored positions on the way, in no order; some may not lie on it
 * @param pendingCopy the next copy that is asked for, if there is one
 * @param pendingCheck the next verification or repair that is asked for, if there is one
 * @param durableAt the place in the WAL behind which everything visible at {@code now} is written
 */
public record Outlook(
    LogPosition now,
    boolean hasChanges,
    List<LogPosition> checkpoints,
    Optional<CopyRequest> pendingCopy,
    Optional<CheckRequest> pendingCheck,
    String durableAt) {}
