package io.kreplica.soak;

import java.util.List;

/**
 * What the command line asks for.
 *
 * @param minutes how long the replication is disturbed
 * @param seed where the randomness of load and faults starts
 * @param rate how many transactions a second the master's clients do together
 * @param exactlyOnce whether the worker delivers exactly once
 * @param keepFiles whether data and logs stay on disk
 * @param help whether only the usage is wanted
 */
record SoakOptions(
    int minutes, long seed, int rate, boolean exactlyOnce, boolean keepFiles, boolean help) {

  static final String USAGE =
      """
      Usage: bin/soak [options]

      Starts two PostgreSQL servers, a Kafka broker and a Connect worker on this machine, replicates a
      busy database, and disturbs it at random: servers are killed, stopped and suspended, connections
      are cut, dropped and slowed, tasks are restarted, tables are copied, large and long transactions
      run. Meanwhile every state that the slave shows is looked at, and at the end both databases are
      compared. Prints what it did and the verdict. Needs Java 17 and, to build what is missing, Maven.

        --minutes N      how long (default 3)
        --seed S         repeats the load and the sequence of faults (default: drawn, and printed)
        --rate N         transactions a second on the master (default 100)
        --exactly-once   let the worker deliver exactly once
        --keep-files     leave data and logs on disk; they stay anyway if the verdict is bad
        --help           print this

      Exit status: 0 nothing lost, torn or doubled, and nobody was needed; 1 otherwise; 2 wrong usage
      or it could not start.
      """;

  /**
   * Reads the command line.
   *
   * @param drawn the seed if none is given
   * @throws IllegalArgumentException if it is malformed; the message says how
   */
  static SoakOptions parse(List<String> arguments, long drawn) {
    var minutes = 3L;
    var seed = drawn;
    var rate = 100L;
    var exactlyOnce = false;
    var keepFiles = false;
    var help = false;
    var rest = arguments.iterator();
    while (rest.hasNext()) {
      var option = rest.next();
      switch (option) {
        case "--minutes" -> minutes = number(option, rest.hasNext() ? rest.next() : "", 1, 100_000);
        case "--seed" ->
            seed = number(option, rest.hasNext() ? rest.next() : "", 0, Long.MAX_VALUE);
        case "--rate" -> rate = number(option, rest.hasNext() ? rest.next() : "", 1, 1_000_000);
        case "--exactly-once" -> exactlyOnce = true;
        case "--keep-files" -> keepFiles = true;
        case "--help", "-h" -> help = true;
        default -> throw new IllegalArgumentException("Unknown option '" + option + "'");
      }
    }
    return new SoakOptions((int) minutes, seed, (int) rate, exactlyOnce, keepFiles, help);
  }

  private static long number(String option, String value, long least, long most) {
    try {
      var number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number out of range.
    }
    throw new IllegalArgumentException(
        option + " takes a whole number from " + least + " to " + most + ", not '" + value + "'");
  }
}
