package io.kreplica.source.read;

import java.util.Optional;

/**
 * A table to be copied whole, and where the copy stands.
 *
 * @param id the request
 * @param tableId the table, by its number in {@code replica.tracked_table}
 * @param slave the only slave it is for, if there is one
 * @param afterKey JSON of the last key that was sent; empty before the first chunk
 */
public record CopyRequest(long id, int tableId, Optional<String> slave, Optional<String> afterKey) {

  /** Whether no row has been sent yet. */
  public boolean begins() {
    return afterKey.isEmpty();
  }
}
