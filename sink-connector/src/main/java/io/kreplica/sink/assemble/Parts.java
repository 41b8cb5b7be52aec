package io.kreplica.sink.assemble;

import io.kreplica.record.Part;
import io.kreplica.record.Placeholder;
import io.kreplica.sink.change.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.errors.DataException;

/**
 * The parts of one row's large values, until the row comes. Small values are put together here;
 * what exceeds the bound is handed on as it comes, to be stored on the slave and put together
 * there. Parts whose row does not come are forgotten. Used by {@link BatchAssembler} only.
 */
final class Parts {

  /** PostgreSQL's limit. */
  private static final int MOST_COLUMNS = 1_600;

  private final long mostHeld;
  private final Map<String, Value> values = new LinkedHashMap<>();
  private long rank;
  private int last;
  private boolean hasGap;
  private boolean isStoring;
  private long held;
  private long lastId;

  /** What has come of a column's value. */
  private static final class Value {
    private final List<String> pieces = new ArrayList<>();
    private long id;
    private int parts;
    private long characters;
  }

  /**
   * Makes room.
   *
   * @param mostHeld how many bytes of memory to take
   */
  Parts(long mostHeld) {
    this.mostHeld = mostHeld;
  }

  /** Forgets what has come: its row has, or will not; or it comes again from the first part. */
  void clear() {
    values.clear();
    rank = 0;
    last = 0;
    hasGap = false;
    isStoring = false;
    held = 0;
  }

  /** About how much memory is taken. */
  long bytes() {
    return held;
  }

  /**
   * Takes a part.
   *
   * @param ofRank the rank of its row
   * @return what is to be stored on the slave now
   */
  List<Change.Part> add(long ofRank, Part part) {
    if (ofRank != rank) {
      clear();
      rank = ofRank;
    }
    if (part.number() <= last) {
      return List.of();
    }
    hasGap |= part.number() != last + 1;
    last = part.number();
    var value = values.computeIfAbsent(part.column(), column -> new Value());
    if (values.size() > MOST_COLUMNS) {
      throw new DataException(
          "Parts of more columns than a table can have came for one row of " + part.table() + ".");
    }
    value.parts++;
    value.characters += part.data().length();
    if (isStoring) {
      return List.of(store(value, value.parts, part.data()));
    }
    value.pieces.add(part.data());
    held += Footprint.ofCharacters(part.data());
    return held > mostHeld ? storeHeld() : List.of();
  }

  private List<Change.Part> storeHeld() {
    isStoring = true;
    held = 0;
    var stored = new ArrayList<Change.Part>();
    for (var value : values.values()) {
      for (var i = 0; i < value.pieces.size(); i++) {
        stored.add(store(value, i + 1, value.pieces.get(i)));
      }
      value.pieces.clear();
    }
    return stored;
  }

  private Change.Part store(Value value, int number, String data) {
    value.id = value.id == 0 ? ++lastId : value.id;
    return new Change.Part(value.id, number, data);
  }

  /**
   * The row with its values in the places of their placeholders, or the numbers by which they are
   * stored. A column that a transform has dropped or given another value stays as it is.
   *
   * @param columns the columns whose values came in parts
   * @throws DataException if one is needed and parts of it are missing
   */
  Change.Row complete(Change.Row row, long ofRank, List<String> columns) {
    var texts = new ArrayList<>(row.values());
    Set<String> stored = new HashSet<>();
    placeholders(row, columns)
        .forEach(
            (i, placeholder) -> {
              var value = values.get(placeholder.column());
              if (ofRank != rank
                  || hasGap
                  || value == null
                  || value.parts != placeholder.parts()
                  || value.characters != placeholder.characters()) {
                throw incomplete(row, placeholder);
              }
              texts.set(i, isStoring ? Long.toString(value.id) : String.join("", value.pieces));
              if (isStoring) {
                stored.add(row.shape().columns().get(i));
              }
            });
    var shape = stored.isEmpty() ? row.shape() : row.shape().storing(stored);
    return new Change.Row(shape, row.delete(), texts, row.origin());
  }

  /** Where placeholders stand: in their columns, or in others if a transform renamed them. */
  private static Map<Integer, Placeholder> placeholders(Change.Row row, List<String> columns) {
    var found = new HashMap<Integer, Placeholder>();
    var names = row.shape().columns();
    var renamed = new HashSet<>(columns);
    renamed.removeAll(names);
    for (var i = 0; i < names.size(); i++) {
      var place = i;
      Placeholder.parse(row.values().get(i))
          .filter(
              placeholder ->
                  renamed.contains(placeholder.column())
                      || (placeholder.column().equals(names.get(place))
                          && columns.contains(placeholder.column())))
          .ifPresent(placeholder -> found.put(place, placeholder));
    }
    return found;
  }

  private static DataException incomplete(Change.Row row, Placeholder placeholder) {
    return new DataException(
        "The row of "
            + row.table()
            + " with key "
            + row.shape().describeKey(row.values())
            + " lacks parts of its column '"
            + placeholder.column()
            + "', which came in "
            + placeholder.parts()
            + " records of replica.op P before it. A transform drops or changes some of them: spare"
            + " them with a predicate, or drop the column of the row too.");
  }
}
