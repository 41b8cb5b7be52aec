package io.kreplica.source.offset;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What Kafka has acknowledged: the newest complete batch whose commit marker arrived there (or was
 * dropped by a transform, which counts as delivered). Connect reports on the producer's thread, in
 * order; the reader's thread asks. No database work happens here.
 */
public final class Acknowledgements {

  private final AtomicReference<Map<String, ?>> newest = new AtomicReference<>();

  /** Takes note of an acknowledged record, by its offset. Thread: any. */
  public void accept(Map<String, ?> offset) {
    if (SourceOffset.isBehindABatch(offset)) {
      newest.set(offset);
    }
  }

  /** The newest acknowledged batch that was not asked for before. Thread: the reader's. */
  public Optional<SourceOffset> take() {
    return Optional.ofNullable(newest.getAndSet(null)).map(SourceOffset::ofMap);
  }
}
