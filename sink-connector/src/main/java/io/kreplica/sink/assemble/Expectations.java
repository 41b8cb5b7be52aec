package io.kreplica.sink.assemble;

import io.kreplica.record.EventHeaders;
import io.kreplica.record.TableName;
import io.kreplica.sink.change.Expectation;
import java.util.HashSet;
import java.util.Set;

/**
 * What each change, in the order of the log, tells of the row that it finds on the slave. Used by
 * {@link BatchAssembler} only.
 */
final class Expectations {

  private final boolean wanted;
  private final Set<TableName> deletedFrom = new HashSet<>();
  private long xid;

  /**
   * Makes an instance.
   *
   * @param wanted whether anybody compares; if not, no change tells anything, and none takes memory
   */
  Expectations(boolean wanted) {
    this.wanted = wanted;
  }

  /** What a change tells. */
  Expectation of(EventHeaders change) {
    if (!wanted) {
      return Expectation.NONE;
    }
    if (change.xid() != xid) {
      xid = change.xid();
      deletedFrom.clear();
    }
    if (change.now()) {
      return Expectation.REVISED;
    }
    return switch (change.operation()) {
      case INSERT -> Expectation.ABSENT;
      case DELETE -> {
        deletedFrom.add(change.table());
        yield change.old().map(Expectation::of).orElse(Expectation.PRESENT);
      }
      case UPDATE -> {
        if (change.old().isPresent()) {
          yield Expectation.of(change.old().get());
        }
        // A changed key comes as D and, later in the transaction, U of a key that was not there.
        yield deletedFrom.contains(change.table()) ? Expectation.NONE : Expectation.PRESENT;
      }
      default -> Expectation.NONE;
    };
  }
}
