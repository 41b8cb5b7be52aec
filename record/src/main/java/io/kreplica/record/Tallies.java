package io.kreplica.record;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Struct;

/**
 * Counts, table by table, the records that a batch brings, with a digest of their keys and values.
 * The source tells in the commit marker what it counted; a sink that counts otherwise knows that
 * rows of the table were dropped or changed on the way. It costs some nanoseconds a column. Used by
 * one thread.
 */
public final class Tallies {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final Map<String, Count> counts = new HashMap<>();
  private String lastTable;
  private Count last;

  private static final class Count {
    private long records;
    private long digest;
  }

  /** Counts a record of an operation that is counted: {@link Operation#isTallied}. */
  public void add(ConnectRecord<?> record) {
    var table = record.headers().lastWithName(EventHeaders.TABLE).value().toString();
    if (!table.equals(lastTable)) {
      last = counts.computeIfAbsent(table, name -> new Count());
      lastTable = table;
    }
    last.records++;
    last.digest += mixed(3 * digest(record.key()) + digest(record.value()));
  }

  /** What was counted of each table. */
  public Map<String, Tally> byTable() {
    var tallies = new HashMap<String, Tally>();
    counts.forEach((table, count) -> tallies.put(table, new Tally(count.records, count.digest)));
    return tallies;
  }

  /** Begins anew. */
  public void clear() {
    counts.clear();
    lastTable = null;
  }

  /**
   * The same for the same value in whatever form a converter hands it out: any whole number, Struct
   * or Map, array or buffer. What is null counts as if it were not there.
   */
  private static long digest(Object value) {
    if (value == null) {
      return 0;
    } else if (value instanceof String text) {
      return text.hashCode();
    } else if (value instanceof Struct struct) {
      var digest = 0L;
      for (var field : struct.schema().fields()) {
        digest += digest(field.name(), struct.get(field));
      }
      return digest;
    } else if (value instanceof Map<?, ?> map) {
      var digest = 0L;
      for (var entry : map.entrySet()) {
        digest += digest(String.valueOf(entry.getKey()), entry.getValue());
      }
      return digest;
    }
    return digestOfOther(value);
  }

  private static long digest(String field, Object value) {
    return value == null ? 0 : mixed(field.hashCode() * GOLDEN ^ digest(value));
  }

  @SuppressWarnings("JavaUtilDate") // Connect's logical types are of it
  private static long digestOfOther(Object value) {
    if (value instanceof Double || value instanceof Float) {
      return Double.hashCode(((Number) value).doubleValue());
    } else if (value instanceof BigDecimal number) {
      return number.stripTrailingZeros().hashCode();
    } else if (value instanceof Number number) {
      return number.longValue();
    } else if (value instanceof Date date) {
      return date.getTime();
    } else if (value instanceof byte[] bytes) {
      return ByteBuffer.wrap(bytes).hashCode();
    } else if (value instanceof List<?> list) {
      var digest = 1L;
      for (var element : list) {
        digest = mixed(digest * GOLDEN ^ digest(element));
      }
      return digest;
    }
    return value.hashCode();
  }

  /** Spreads what is near over all of 64 bits, so that sums of it hardly meet. */
  private static long mixed(long digest) {
    var mixed = (digest ^ (digest >>> 32)) * GOLDEN;
    return mixed ^ (mixed >>> 29);
  }
}
