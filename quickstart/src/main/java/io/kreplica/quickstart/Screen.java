package io.kreplica.quickstart;

import java.io.PrintStream;
import java.time.Duration;

/**
 * Where the command tells what it does. On a terminal a live line is written over and over and good
 * and bad are coloured; elsewhere it is printed anew every few seconds, in plain letters.
 * Thread-safe.
 */
final class Screen {

  private static final Duration LINE_INTERVAL = Duration.ofSeconds(5);
  private static final String GREEN = "32";
  private static final String RED = "31";

  private final PrintStream out;
  private final boolean terminal;
  private long lastLine = System.nanoTime() - LINE_INTERVAL.toNanos();
  private boolean lineOpen;
  private boolean muted;

  Screen(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Standard output; the script that starts the command knows whether it is a terminal. */
  static Screen ofSystem() {
    return new Screen(System.out, Boolean.getBoolean("kreplica.terminal"));
  }

  /** A line that stays. */
  synchronized void print(String line) {
    if (muted) {
      return;
    }
    endLine();
    out.println(line);
  }

  /** A line that the next one replaces. */
  synchronized void printLive(String line) {
    if (muted) {
      return;
    }
    if (terminal) {
      out.print("\r" + line + "\033[K");
      out.flush();
      lineOpen = true;
    } else if (System.nanoTime() - lastLine >= LINE_INTERVAL.toNanos()) {
      out.println(line);
      lastLine = System.nanoTime();
    }
  }

  /** A last line: what other threads still have to say while everything ends is of no interest. */
  synchronized void printLast(String line) {
    print(line);
    muted = true;
  }

  private void endLine() {
    if (lineOpen) {
      out.println();
      lineOpen = false;
    }
  }

  String good(String text) {
    return coloured(GREEN, text);
  }

  String bad(String text) {
    return coloured(RED, text);
  }

  private String coloured(String colour, String text) {
    return terminal ? "\033[" + colour + "m" + text + "\033[0m" : text;
  }
}
