package io.kreplica.benchmark;

import java.util.Locale;

/** Who replicates. */
enum Contender {
  KREPLICA("KReplica"),
  NATIVE("native"),
  DEBEZIUM("Debezium");

  private final String title;

  Contender(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** What the command line calls it. */
  String peer() {
    return title.toLowerCase(Locale.ROOT);
  }

  /** Its way of connecting the laboratory's databases. */
  Replication in(Laboratory laboratory) {
    return switch (this) {
      case KREPLICA -> new KReplica(laboratory);
      case NATIVE -> new NativeReplication(laboratory);
      case DEBEZIUM -> new DebeziumReplication(laboratory);
    };
  }
}
