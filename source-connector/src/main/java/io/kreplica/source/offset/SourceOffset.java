package io.kreplica.source.offset;

import io.kreplica.record.BatchId;
import io.kreplica.record.LogPosition;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * How far the source has come, as Connect stores it with each record. Between batches there is a
 * position only; within one, the pair (position, target) lets the batch be read again to the
 * letter, and the rank tells how much of it has been sent.
 *
 * @param master what is known of the master
 * @param position everything up to here has been sent in complete batches
 * @param open the batch that is being sent, if one is
 * @param copied the last copy request that has been answered; 0 if none
 * @param copying the copy under way, if there is one
 * @param checks how far verifications and repairs have come
 */
public record SourceOffset(
    Master master,
    LogPosition position,
    Optional<OpenBatch> open,
    long copied,
    Optional<Copying> copying,
    Checks checks) {

  /** Before anything was asked for. */
  public SourceOffset(
      String log, long system, int timeline, LogPosition position, Optional<OpenBatch> open) {
    this(
        new Master(log, system, timeline, LogPosition.BEGINNING),
        position,
        open,
        0,
        Optional.empty(),
        Checks.NONE);
  }

  /** The source partition: a connector reads one log. */
  public static final Map<String, String> PARTITION = Map.of("log", "replica_log");

  private static final String LOG = "log";
  private static final String SYSTEM = "system";
  private static final String TIMELINE = "timeline";
  private static final String CONFIRMED = "confirmed";
  private static final String POSITION = "position";
  private static final String TARGET = "target";
  private static final String BATCH = "batch";
  private static final String RANK = "rank";
  private static final String COPIED = "copied";
  private static final String COPYING = "copying";
  private static final String COPY_KEY = "copy_key";

  /**
   * The master as the source has known it; by this it recognises it again.
   *
   * @param log identity of the log
   * @param system system identifier of the cluster
   * @param timeline timeline of the cluster
   * @param confirmed the position that the master had durably noted as acknowledged
   */
  public record Master(String log, long system, int timeline, LogPosition confirmed) {}

  /**
   * A batch that is being sent.
   *
   * @param id the batch
   * @param target the position after it
   * @param rank the rank of its last record that was sent; 0 if none was
   */
  public record OpenBatch(BatchId id, LogPosition target, long rank) {}

  /**
   * A copy under way.
   *
   * @param request the copy request
   * @param key JSON of the last key that was sent, column name to text
   */
  public record Copying(long request, String key) {}

  /** The offset of a record within a batch. */
  public SourceOffset within(BatchId id, LogPosition target, long rank) {
    return new SourceOffset(
        master, position, Optional.of(new OpenBatch(id, target, rank)), copied, copying, checks);
  }

  /** The offset behind a batch. */
  public SourceOffset behind(LogPosition target) {
    return new SourceOffset(master, target, Optional.empty(), copied, copying, checks);
  }

  /** The same, with a row of a copy sent. */
  public SourceOffset copying(long request, String key) {
    return new SourceOffset(
        master, position, open, copied, Optional.of(new Copying(request, key)), checks);
  }

  /** The same, with a copy answered. */
  public SourceOffset copied(long request) {
    return new SourceOffset(master, position, open, request, Optional.empty(), checks);
  }

  /** The same, with verifications and repairs at other places. */
  public SourceOffset checking(Checks others) {
    return new SourceOffset(master, position, open, copied, copying, others);
  }

  /** The same, seen on a later timeline of the same cluster. */
  public SourceOffset onTimeline(int later) {
    return of(new Master(log(), system(), later, confirmed()));
  }

  /** The same, by a source that knows what the master has noted as acknowledged. */
  public SourceOffset knowing(LogPosition confirmed) {
    return of(new Master(log(), system(), timeline(), confirmed));
  }

  private SourceOffset of(Master other) {
    return new SourceOffset(other, position, open, copied, copying, checks);
  }

  /** Identity of the log. */
  public String log() {
    return master.log();
  }

  /** System identifier of the cluster. */
  public long system() {
    return master.system();
  }

  /** Timeline of the cluster. */
  public int timeline() {
    return master.timeline();
  }

  /** What the master had durably noted as acknowledged before this offset was made. */
  public LogPosition confirmed() {
    return master.confirmed();
  }

  /** The last position that may have been read: the open batch's target, or the position. */
  public LogPosition furthest() {
    return open.map(OpenBatch::target).orElse(position);
  }

  /** The form that Connect stores: a flat map of text and numbers. */
  public Map<String, Object> toMap() {
    var map = new HashMap<String, Object>(16);
    map.put(LOG, log());
    map.put(SYSTEM, Long.toString(system()));
    map.put(TIMELINE, timeline());
    if (!confirmed().equals(LogPosition.BEGINNING)) {
      map.put(CONFIRMED, confirmed().toString());
    }
    map.put(POSITION, position.toString());
    open.ifPresent(
        batch -> {
          map.put(TARGET, batch.target().toString());
          map.put(BATCH, batch.id().toString());
          map.put(RANK, batch.rank());
        });
    if (copied > 0) {
      map.put(COPIED, copied);
    }
    copying.ifPresent(
        copy -> {
          map.put(COPYING, copy.request());
          map.put(COPY_KEY, copy.key());
        });
    checks.writeTo(map);
    return map;
  }

  /**
   * Reads the form that Connect stores; numbers may have come back as any JSON number.
   *
   * @throws ConnectException if a field is missing or malformed
   */
  public static SourceOffset ofMap(Map<String, ?> map) {
    try {
      return new SourceOffset(
          new Master(
              text(map, LOG),
              Long.parseLong(text(map, SYSTEM)),
              (int) number(map, TIMELINE),
              map.get(CONFIRMED) == null
                  ? LogPosition.BEGINNING
                  : LogPosition.parse(text(map, CONFIRMED))),
          LogPosition.parse(text(map, POSITION)),
          map.get(TARGET) == null
              ? Optional.empty()
              : Optional.of(
                  new OpenBatch(
                      BatchId.parse(text(map, BATCH)),
                      LogPosition.parse(text(map, TARGET)),
                      number(map, RANK))),
          map.get(COPIED) == null ? 0 : number(map, COPIED),
          map.get(COPYING) == null
              ? Optional.empty()
              : Optional.of(new Copying(number(map, COPYING), text(map, COPY_KEY))),
          Checks.readFrom(map));
    } catch (IllegalArgumentException | ConnectException e) {
      throw new ConnectException(
          "Cannot read the source offset: "
              + e.getMessage()
              + ". It was altered or written by another connector. DELETE the connector's offsets"
              + " through the REST API; the tables are then copied again.",
          e);
    }
  }

  /** Whether a stored offset is that of a commit marker: everything up to its position is sent. */
  public static boolean isBehindABatch(Map<String, ?> map) {
    return !map.containsKey(TARGET);
  }

  private static String text(Map<String, ?> map, String key) {
    var value = map.get(key);
    if (value == null) {
      throw new ConnectException("it has no field '" + key + "'");
    }
    return value.toString();
  }

  private static long number(Map<String, ?> map, String key) {
    return Long.parseLong(text(map, key));
  }
}
