package io.kreplica.faults;

/**
 * The moments of a replication at which something may break: each is a statement of one of the
 * tasks, known by a piece of its text, and what makes the task come to it.
 */
enum Moment {
  SOURCE_CONNECTS(Side.MASTER, "kreplica-source", Provocation.RECONNECT),
  SOURCE_TAKES_THE_LOG(Side.MASTER, "pg_try_advisory_lock($1, $2)", Provocation.RECONNECT),
  SOURCE_TAKES_ITS_EPOCH(Side.MASTER, "set epoch = epoch + 1, reader", Provocation.RECONNECT),
  SOURCE_BEGINS(Side.MASTER, "coalesce(confirmed, $1", Provocation.FIRST_START),
  SOURCE_LOOKS_FOR_CHANGES(Side.MASTER, "pg_current_wal_insert_lsn", Provocation.LOAD),
  SOURCE_READS_A_BATCH(Side.MASTER, "join (select r.xid", Provocation.LOAD),
  SOURCE_IN_A_LARGE_BATCH(Side.MASTER, "join (select r.xid", Provocation.LARGE),
  SOURCE_AT_A_CHECKPOINT(Side.MASTER, "join (select r.xid", Provocation.CHECKPOINT),
  SOURCE_WAITS_FOR_THE_WAL(Side.MASTER, "pg_current_wal_flush_lsn", Provocation.LOAD),
  SOURCE_COPIES(Side.MASTER, "replica.read_chunk", Provocation.COPY),
  SOURCE_PRUNES(Side.MASTER, "delete from replica.replica_log", Provocation.LOAD),
  SOURCE_FALLS_ASLEEP(Side.MASTER, "select pg_try_advisory_lock(19282", Provocation.LOAD_AND_REST),
  SOURCE_WAKES_UP(Side.MASTER, "select pg_advisory_unlock(19282", Provocation.REST_AND_LOAD),
  SOURCE_ASKS_WHETHER_IT_LISTENS(Side.MASTER, "pg_listening_channels", Provocation.REST),
  SOURCE_LOOKS_AFTER_TABLES(Side.MASTER, "is_unfit", Provocation.REST),

  SINK_CONNECTS(Side.SLAVE, "kreplica-sink", Provocation.RECONNECT),
  SINK_CLAIMS_ITS_POSITION(Side.SLAVE, "set claim = ", Provocation.RESTART),
  SINK_READS_ITS_POSITION_AGAIN(Side.SLAVE, "partition = $2 for update", Provocation.RECONNECT),
  SINK_BEGINS(Side.SLAVE, "set constraints all deferred", Provocation.LOAD),
  SINK_MOVES_ITS_POSITION(Side.SLAVE, "set snapshot = ", Provocation.LOAD),
  SINK_WRITES(Side.SLAVE, "unnest(", Provocation.LOAD),
  SINK_COMMITS(Side.SLAVE, "COMMIT", Provocation.LOAD),
  SINK_IN_A_LARGE_BATCH(Side.SLAVE, "snapshot::text = $3 for update", Provocation.LARGE),
  SINK_COMMITS_A_LARGE_BATCH(Side.SLAVE, "set snapshot = ", Provocation.LARGE),
  SINK_EMPTIES_A_TABLE(Side.SLAVE, "delete from only", Provocation.COPY),
  SINK_NOTES_A_COPY(Side.SLAVE, "replica.slave_table", Provocation.COPY);

  /** Whose connection it is. */
  enum Side {
    MASTER,
    SLAVE
  }

  /** What makes a task execute the statement. */
  enum Provocation {
    /** Applications are at work. */
    LOAD,
    /** Nobody writes. */
    REST,
    /** Somebody writes, and then nobody does. */
    LOAD_AND_REST,
    /** Nobody writes for a while, and then somebody does. */
    REST_AND_LOAD,
    /** The task's sessions are cut. */
    RECONNECT,
    /** The task starts for the first time. */
    FIRST_START,
    /** The task starts again. */
    RESTART,
    /** A transaction is larger than the sink's buffer. */
    LARGE,
    /** The log has grown by checkpoints while the source was away. */
    CHECKPOINT,
    /** A table is copied. */
    COPY
  }

  private final Side side;
  private final String text;
  private final Provocation provocation;

  Moment(Side side, String text, Provocation provocation) {
    this.side = side;
    this.text = text;
    this.provocation = provocation;
  }

  Side side() {
    return side;
  }

  String text() {
    return text;
  }

  Provocation provocation() {
    return provocation;
  }
}
