package io.kreplica.random;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The last statements that sessions executed, in the order in which they ended. Any thread. */
final class Transcript {

  private static final int MOST_KEPT = 3_000;

  /** Mistakes in what is generated, rather than in what it meets. */
  private static final Map<String, Integer> MISTAKES = new ConcurrentHashMap<>();

  private final Deque<String> lines = new ArrayDeque<>();

  private int executed;

  synchronized void note(String session, String statement) {
    executed++;
    lines.add("/* " + session + " */ " + statement);
    if (lines.size() > MOST_KEPT) {
      lines.remove();
    }
  }

  /** How many statements there were in all, those that failed too. */
  synchronized int executed() {
    return executed;
  }

  static void count(String mistake) {
    MISTAKES.merge(mistake, 1, Integer::sum);
  }

  /** Statements that no server would take, and how many there were of each. */
  static Map<String, Integer> mistakes() {
    return MISTAKES;
  }

  /** The last lines. */
  synchronized List<String> last(int count) {
    var all = new ArrayList<>(lines);
    return all.subList(Math.max(0, all.size() - count), all.size());
  }
}
