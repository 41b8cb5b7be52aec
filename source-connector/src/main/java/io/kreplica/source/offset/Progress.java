package io.kreplica.source.offset;

import java.util.Map;
import java.util.Optional;

/**
 * How far the source has come with requests of one kind, which it answers in their order.
 *
 * @param answered the last request that has been answered; 0 if none
 * @param underWay the request that is being answered, if one is
 */
public record Progress(long answered, Optional<UnderWay> underWay) {

  /** Nothing has been asked yet. */
  public static final Progress NONE = new Progress(0, Optional.empty());

  private static final String DOING = ".doing";
  private static final String RANGE = ".range";
  private static final String KEY = ".key";

  /**
   * A request that is being answered.
   *
   * @param request the request
   * @param range how many of its ranges have been sent whole
   * @param key JSON of the last key of the range under way that was sent; empty before the first
   */
  public record UnderWay(long request, int range, Optional<String> key) {}

  /** The same, with a request answered so far. */
  public Progress at(UnderWay place) {
    return new Progress(answered, Optional.of(place));
  }

  /** The place that a request's answer has come to, if it is the one under way. */
  public Optional<UnderWay> of(long request) {
    return underWay.filter(place -> place.request() == request);
  }

  /** Adds it to what Connect stores, under names that begin with the given one. */
  void writeTo(Map<String, Object> map, String name) {
    if (answered > 0) {
      map.put(name, answered);
    }
    underWay.ifPresent(
        place -> {
          map.put(name + DOING, place.request());
          map.put(name + RANGE, place.range());
          place.key().ifPresent(key -> map.put(name + KEY, key));
        });
  }

  /** Reads what {@link #writeTo} wrote; numbers may have come back as any JSON number. */
  static Progress readFrom(Map<String, ?> map, String name) {
    return new Progress(
        map.get(name) == null ? 0 : number(map, name),
        map.get(name + DOING) == null
            ? Optional.empty()
            : Optional.of(
                new UnderWay(
                    number(map, name + DOING),
                    (int) number(map, name + RANGE),
                    Optional.ofNullable(map.get(name + KEY)).map(Object::toString))));
  }

  private static long number(Map<String, ?> map, String key) {
    return Long.parseLong(String.valueOf(map.get(key)));
  }
}
