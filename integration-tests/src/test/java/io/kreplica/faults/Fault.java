package io.kreplica.faults;

/** What breaks at a {@link Moment}. */
enum Fault {
  /** The connections are reset. */
  CUT,
  /** The connections are gone without a word, as behind a firewall that forgot them. */
  HANG,
  /** The server dies as by a crash of its machine, and is started again. */
  KILL,
  /** The server stops for a while and then goes on, as a virtual machine that is moved. */
  SUSPEND,
  /** The task's worker dies, and another one starts the task. */
  WORKER
}
