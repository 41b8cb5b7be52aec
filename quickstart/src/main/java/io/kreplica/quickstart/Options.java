package io.kreplica.quickstart;

import java.util.List;

/**
 * What the command line asks for.
 *
 * @param seconds how long the master is busy
 * @param rate how many transactions a second its clients do together; 0 means as many as they can
 * @param keep whether everything stays up after the verdict, until Ctrl-C
 * @param keepFiles whether data and logs stay on disk
 * @param help whether only the usage is wanted
 */
record Options(int seconds, int rate, boolean keep, boolean keepFiles, boolean help) {

  static final String USAGE =
      """
      Usage: bin/quickstart [options]

      Starts two PostgreSQL servers, a Kafka broker and a Connect worker on this machine, replicates
      a busy database from one PostgreSQL to the other, and compares them. Needs Java 17 and, to build
      what is missing, Maven; nothing is installed, and nothing is left behind.

        --seconds N    how long the master is busy (default 20)
        --rate N       transactions a second on the master (default 500; 0: as many as it can)
        --keep         leave everything running after the verdict, to play with, until Ctrl-C
        --keep-files   leave data and logs on disk
        --help         print this

      Ports on localhost: 15432 master, 15433 slave, 18083 Connect's REST interface.
      Exit status: 0 both databases are equal, 1 they are not, 2 wrong usage or it could not start.
      """;

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException if it is malformed; the message says how
   */
  static Options parse(List<String> arguments) {
    var seconds = 20;
    var rate = 500;
    var keep = false;
    var keepFiles = false;
    var help = false;
    var rest = arguments.iterator();
    while (rest.hasNext()) {
      var option = rest.next();
      switch (option) {
        case "--seconds" -> seconds = number(option, rest.hasNext() ? rest.next() : "", 1);
        case "--rate" -> rate = number(option, rest.hasNext() ? rest.next() : "", 0);
        case "--keep" -> keep = true;
        case "--keep-files" -> keepFiles = true;
        case "--help", "-h" -> help = true;
        default -> throw new IllegalArgumentException("Unknown option '" + option + "'");
      }
    }
    return new Options(seconds, rate, keep, keepFiles, help);
  }

  private static int number(String option, String value, int least) {
    try {
      var number = Integer.parseInt(value);
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number that is too small.
    }
    throw new IllegalArgumentException(
        option + " takes a whole number from " + least + " on, not '" + value + "'");
  }
}
