package io.kreplica.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How much processor time some processes use from now on. */
final class CpuUse {

  private final Map<ProcessHandle, Duration> before;

  CpuUse(List<ProcessHandle> processes) {
    before = processes.stream().collect(Collectors.toMap(p -> p, CpuUse::used));
  }

  /** Of the same processes. */
  long nanosSince() {
    return nanosSince(List.copyOf(before.keySet()));
  }

  /** Of those that are there now; what others used that have ended since is not known. */
  long nanosSince(List<ProcessHandle> now) {
    return now.stream()
        .map(p -> used(p).minus(before.getOrDefault(p, Duration.ZERO)))
        .mapToLong(Duration::toNanos)
        .sum();
  }

  private static Duration used(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }
}
