package io.kreplica.e2e;

import java.util.Random;

/** Seeds of random loads: new in every run, and printed, so that a failure can be run again. */
public final class Seeds {

  private static final String PROPERTY = "kreplica.seed";

  private Seeds() {}

  /** A seed; {@code -Dkreplica.seed} sets it. */
  public static long next() {
    var seed = Long.getLong(PROPERTY, new Random().nextInt(1_000_000));
    System.out.println("Seed of the random load: -D" + PROPERTY + "=" + seed);
    return seed;
  }
}
