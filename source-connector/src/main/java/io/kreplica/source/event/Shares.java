package io.kreplica.source.event;

import io.kreplica.record.Placeholder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How the room in a row's record is shared among its columns: a value that takes more than its
 * share travels in parts. The key never does.
 */
interface Shares {

  /** How many bytes the value of a column may take as JSON and stay in its row. */
  long of(int column);

  /** Takes note of what the record holds for a column: the value, or the placeholder. */
  void spend(int column, long bytes);

  /** How many bytes of the record's room are left; less than none if it does not fit. */
  long left();

  /** Whether some value is known to travel in parts. */
  boolean isTaking();

  /** What a placeholder and its column's name in the header take at most. */
  static long ofPlaceholder(String column) {
    return Placeholder.LONGEST + 2 * JsonSize.of(column) + 4;
  }

  /** The room that a record of a shape has for its values. */
  static long room(RowShape shape, long recordBytes) {
    return recordBytes - shape.overhead();
  }

  /**
   * For a row whose values are all at hand: the largest go, until the rest fits.
   *
   * @param texts the values
   */
  static Shares largestFirst(RowShape shape, List<String> texts, long recordBytes) {
    var left = room(shape, recordBytes);
    var sizes = new long[texts.size()];
    var candidates = new ArrayList<Integer>();
    for (var i = 0; i < sizes.length; i++) {
      sizes[i] = texts.get(i) == null ? 0 : JsonSize.of(texts.get(i));
      left -= shape.keyColumns().contains(i) ? 2 * sizes[i] : sizes[i];
      if (!shape.keyColumns().contains(i) && sizes[i] > ofPlaceholder(shape.columns().get(i))) {
        candidates.add(i);
      }
    }
    candidates.sort(Comparator.comparingLong((Integer i) -> sizes[i]).reversed());
    Set<Integer> taken = new HashSet<>();
    for (var i : candidates) {
      if (left >= 0) {
        break;
      }
      taken.add(i);
      left += sizes[i] - ofPlaceholder(shape.columns().get(i));
    }
    return new LargestFirst(taken, left);
  }

  /** For a row that is read as a stream: the room is divided evenly among what is to come. */
  static Shares even(RowShape shape, long recordBytes) {
    return new Even(shape, room(shape, recordBytes));
  }

  /** The columns that go are known. */
  record LargestFirst(Set<Integer> taken, long left) implements Shares {

    @Override
    public boolean isTaking() {
      return !taken.isEmpty();
    }

    @Override
    public long of(int column) {
      return taken.contains(column) ? -1 : Long.MAX_VALUE;
    }

    @Override
    public void spend(int column, long bytes) {
      // All is spent beforehand.
    }
  }

  /** What a column leaves of its share, those behind it have. */
  final class Even implements Shares {

    private final RowShape shape;
    private long left;

    private Even(RowShape shape, long room) {
      this.shape = shape;
      this.left = room;
    }

    @Override
    public boolean isTaking() {
      return false;
    }

    @Override
    public long of(int column) {
      if (shape.keyColumns().contains(column)) {
        return Long.MAX_VALUE;
      }
      var even = left / (shape.columns().size() - column);
      return Math.max(even, ofPlaceholder(shape.columns().get(column)));
    }

    @Override
    public void spend(int column, long bytes) {
      left -= shape.keyColumns().contains(column) ? 2 * bytes : bytes;
    }

    @Override
    public long left() {
      return left;
    }
  }
}
