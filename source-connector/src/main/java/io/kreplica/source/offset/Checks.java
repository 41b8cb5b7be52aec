package io.kreplica.source.offset;

import io.kreplica.record.CheckKind;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * How far the source has come with verifications and repairs, each kind for itself. Immutable.
 *
 * @param progress of each kind, unless nothing was asked
 */
public record Checks(Map<CheckKind, Progress> progress) {

  /** Nothing has been asked yet. */
  public static final Checks NONE = new Checks(Map.of());

  /** Takes a copy. */
  public Checks {
    progress = Map.copyOf(progress);
  }

  /** How far one kind has come. */
  public Progress of(CheckKind kind) {
    return progress.getOrDefault(kind, Progress.NONE);
  }

  /** The same, with a request of a kind answered so far. */
  public Checks at(CheckKind kind, Progress.UnderWay place) {
    return with(kind, of(kind).at(place));
  }

  /** The same, with a request of a kind answered. */
  public Checks answered(CheckKind kind, long request) {
    return with(kind, new Progress(request, Optional.empty()));
  }

  private Checks with(CheckKind kind, Progress other) {
    var all = new EnumMap<CheckKind, Progress>(CheckKind.class);
    all.putAll(progress);
    all.put(kind, other);
    return new Checks(all);
  }

  void writeTo(Map<String, Object> map) {
    progress.forEach((kind, place) -> place.writeTo(map, kind.text()));
  }

  static Checks readFrom(Map<String, ?> map) {
    var all = new EnumMap<CheckKind, Progress>(CheckKind.class);
    for (var kind : CheckKind.values()) {
      var place = Progress.readFrom(map, kind.text());
      if (!place.equals(Progress.NONE)) {
        all.put(kind, place);
      }
    }
    return new Checks(all);
  }
}
