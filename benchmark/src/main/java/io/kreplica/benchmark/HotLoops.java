package io.kreplica.benchmark;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * The loops through which every row goes, each alone, by JMH: nanoseconds and bytes allocated a
 * row.
 */
public final class HotLoops {

  private HotLoops() {}

  /** Runs those whose names hold one of the arguments, or all. */
  public static void main(String[] args) throws RunnerException {
    var options =
        new OptionsBuilder()
            .forks(1)
            .warmupIterations(3)
            .warmupTime(TimeValue.seconds(2))
            .measurementIterations(5)
            .measurementTime(TimeValue.seconds(1))
            .addProfiler(GCProfiler.class);
    for (var name : args) {
      options.include(name);
    }
    new Runner(options.build()).run();
  }
}
