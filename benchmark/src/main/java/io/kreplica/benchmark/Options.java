package io.kreplica.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the command line asks for.
 *
 * @param quick whether a run is wanted that only shows that all works
 * @param scale what the sizes of a full run are multiplied by
 * @param rounds how often each is measured; the middle is printed
 * @param peers who is measured beside KReplica
 * @param wanted names of measurements, or empty for all
 * @param report whether the figures are written into docs/performance.md
 * @param help whether only the usage is wanted
 */
record Options(
    boolean quick,
    double scale,
    int rounds,
    Set<String> peers,
    List<String> wanted,
    boolean report,
    boolean help) {

  private static final List<String> PEERS = List.of("native", "debezium", "pgq", "slony");

  static final String USAGE =
      """
      Usage: bin/benchmark [options] [measurement ...]
             bin/benchmark --loops [name ...]

      Starts two PostgreSQL servers, a Kafka broker and a Connect worker on this machine, and measures
      the replication between them. Takes some twenty minutes, forty with all peers, and 5 GB of temporary
      files.

        --peers[=LIST]  measures peers too, in turns with KReplica, on the same servers and data, and
                        prints KReplica's share of each one's figure; the master then runs with
                        wal_level=logical. A LIST has commas; without one, all of:
                          native    PostgreSQL's logical replication: nothing to download
                          debezium  its PostgreSQL source and JDBC sink, on the same worker: Maven
                                    downloads them once, 80 MB, into benchmark/target
                          pgq, slony  their triggers, in what the master pays, if Debian's
                                    PostgreSQL is installed with postgresql-N-pgq3, and with
                                    postgresql-N-slony1-2 and slony1-2-bin: nothing to download
        --rounds N      measures each replication N times, and prints the figure in the middle (default 1)
        --scale F       multiplies sizes by F, such as 0.1 to try it (default 1)
        --quick         a smaller run of two minutes, to see that it works; its figures say little
        --report        writes the figures into docs/performance.md, with charts beside it
        --help          print this

      The second form measures the loops that every row passes, each alone, by JMH: nanoseconds and
      bytes allocated a row. It starts no servers and takes two minutes. Names (default: all):
      RecordBuilding Conversion Assembling Reducing

      Measurements (default: all): catch-up latency-20 latency-500 bulk capture
      capture-cpu idle huge
      """;

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException if it is malformed; the message says how
   */
  static Options parse(List<String> arguments) {
    var quick = false;
    var report = false;
    var help = false;
    var scale = 1.0;
    var rounds = 1.0;
    var peers = List.<String>of();
    var wanted = new ArrayList<String>();
    var rest = arguments.iterator();
    while (rest.hasNext()) {
      var option = rest.next();
      switch (option) {
        case "--quick" -> quick = true;
        case "--report" -> report = true;
        case "--help", "-h" -> help = true;
        case "--scale" -> scale = number(option, rest.hasNext() ? rest.next() : "", 0.001, 1000);
        case "--rounds" -> rounds = number(option, rest.hasNext() ? rest.next() : "", 1, 1000);
        case "--peers" -> peers = PEERS;
        default -> {
          if (option.startsWith("--peers=")) {
            peers = known(List.of(option.substring("--peers=".length()).split(",")));
          } else if (option.startsWith("-")) {
            throw new IllegalArgumentException("Unknown option '" + option + "'");
          } else {
            wanted.add(option);
          }
        }
      }
    }
    return new Options(
        quick, scale, (int) rounds, new LinkedHashSet<>(peers), List.copyOf(wanted), report, help);
  }

  private static List<String> known(List<String> peers) {
    for (var peer : peers) {
      if (!PEERS.contains(peer)) {
        throw new IllegalArgumentException(
            "Unknown peer '" + peer + "'. There are " + String.join(", ", PEERS));
      }
    }
    return peers;
  }

  private static double number(String option, String value, double least, double most) {
    try {
      var number = Double.parseDouble(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number out of range.
    }
    throw new IllegalArgumentException(
        option + " takes a number from " + least + " to " + most + ", not '" + value + "'");
  }

  boolean has(Contender contender) {
    return contender == Contender.KREPLICA || peers.contains(contender.peer());
  }

  /** A size of a full run, as large as it is wanted here. */
  int scaled(int size) {
    return (int) Math.max(1, Math.round(size * scale));
  }
}
