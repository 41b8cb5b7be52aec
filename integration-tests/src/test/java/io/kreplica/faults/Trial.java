package io.kreplica.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;

/**
 * One fault at one moment.
 *
 * @param fault what breaks
 * @param strike when, as seen from the statement
 * @param moment at which statement
 */
record Trial(Fault fault, Strike strike, Moment moment) {

  /** When a fault strikes. */
  enum Strike {
    /** Before the server hears the statement. */
    BEFORE,
    /** When the server has executed it, and the task does not know. */
    AFTER
  }

  /** Each fault at each moment. */
  static List<Trial> all() {
    var trials = new ArrayList<Trial>();
    for (var moment : Moment.values()) {
      for (var strike : Strike.values()) {
        for (var fault : Fault.values()) {
          trials.add(new Trial(fault, strike, moment));
        }
      }
    }
    return trials;
  }

  /** Some of all, of different moments; each fault as often as another, as far as that goes. */
  static List<Trial> some(int count, Random random) {
    var all = all();
    Collections.shuffle(all, random);
    var some = new ArrayList<Trial>();
    var moments = EnumSet.noneOf(Moment.class);
    while (some.size() < count && moments.size() < Moment.values().length) {
      for (var fault : Fault.values()) {
        all.stream()
            .filter(trial -> trial.fault() == fault && !moments.contains(trial.moment()))
            .findFirst()
            .ifPresent(
                trial -> {
                  some.add(trial);
                  moments.add(trial.moment());
                });
      }
    }
    return some.subList(0, Math.min(count, some.size()));
  }
}
