package io.kreplica.record;

import java.util.Optional;

/**
 * A range of a table's keys. Its ends are JSON from the key's columns to their texts, as PostgreSQL
 * writes jsonb.
 *
 * @param from the key it begins behind; empty if it begins with the first row
 * @param to the key it ends with; empty if it has no end
 */
public record KeyRange(Optional<String> from, Optional<String> to) {

  /** All keys. */
  public static final KeyRange WHOLE = new KeyRange(Optional.empty(), Optional.empty());

  /** What is left of it behind a key. */
  public KeyRange behind(String key) {
    return new KeyRange(Optional.of(key), to);
  }

  @Override
  public String toString() {
    return from.map(key -> "behind " + key).orElse("from the beginning")
        + to.map(key -> " to " + key).orElse(" to the end");
  }
}
