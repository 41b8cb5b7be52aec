package io.kreplica.sink.position;

/** Who has the position row instead, each said with its remedy. */
final class Conflicts {

  private Conflicts() {}

  static FencedException succeeded(String topic, String sink) {
    return new FencedException(
        "Cannot go on applying topic '"
            + topic
            + "': another task of sink '"
            + sink
            + "' has started since and has taken over. Nothing is lost; if no other task is meant to"
            + " run, look for a second Connect cluster with a connector of this name, and restart"
            + " this one.");
  }

  static FencedException rowDeleted(String topic, String log) {
    return new FencedException(
        "Cannot go on applying topic '"
            + topic
            + "': the row of log '"
            + log
            + "' was deleted from replica.replica_position while the task was running. Restart the"
            + " sink to join the log anew.");
  }

  static FencedException heldByAnotherSink(String topic, String sink, String log, String holder) {
    return new FencedException(
        "Cannot apply topic '"
            + topic
            + "' as sink '"
            + sink
            + "': log '"
            + log
            + "' is applied to this slave by sink '"
            + holder
            + "'. Stop this sink; or, if that one is gone for good, run on the slave: update"
            + " replica.replica_position set sink = '"
            + sink.replace("'", "''")
            + "' where log_id = '"
            + log
            + "'");
  }

  static FencedException ownLog(String topic, String log) {
    return new FencedException(
        "Cannot apply topic '"
            + topic
            + "': it carries log '"
            + log
            + "', and this database is the master that wrote it. Let connection.url name the slave;"
            + " or, if this is a copy of the master's files that shall be a slave, run"
            + " sql/master/uninstall.sql here.");
  }

  static FencedException onAnotherTopic(String topic, String log, String other) {
    return new FencedException(
        "Cannot apply log '"
            + log
            + "' from topic '"
            + topic
            + "': this slave has applied it from topic '"
            + other
            + "'. If this topic replaces that one, stop the sink, run on the slave: update"
            + " replica.replica_position set topic = '"
            + topic
            + "', kafka_offset = null where log_id = '"
            + log
            + "' - and start it again");
  }
}
