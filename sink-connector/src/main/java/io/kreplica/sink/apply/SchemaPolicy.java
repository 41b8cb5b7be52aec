package io.kreplica.sink.apply;

/**
 * How far the slave's schema follows the master's by itself.
 *
 * @param executesCommands whether the master's schema commands are executed
 * @param createsTables whether a missing table is created
 * @param addsColumns whether missing columns are added
 */
public record SchemaPolicy(boolean executesCommands, boolean createsTables, boolean addsColumns) {

  /** Nothing is changed: a person does that. */
  public static final SchemaPolicy BY_HAND = new SchemaPolicy(false, false, false);
}
