package io.kreplica.stack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * A connector's state and its tasks', as Connect's REST interface tells them.
 *
 * @param connector the connector's state: RUNNING, PAUSED, STOPPED, FAILED, UNASSIGNED …
 * @param tasks the states of its tasks
 * @param workers the worker that each task is, or was, on: {@code host:port}
 * @param trace why it failed, where it has
 */
public record ConnectorStatus(
    String connector, List<String> tasks, List<String> workers, String trace) {

  static ConnectorStatus of(JsonNode status) {
    var connector = status.path("connector");
    var tasks = StreamSupport.stream(status.path("tasks").spliterator(), false).toList();
    var trace = new StringBuilder(connector.path("trace").asText(""));
    tasks.forEach(task -> trace.append(task.path("trace").asText("")));
    return new ConnectorStatus(
        connector.path("state").asText(),
        tasks.stream().map(task -> task.path("state").asText()).toList(),
        tasks.stream().map(task -> task.path("worker_id").asText()).toList(),
        trace.toString());
  }

  /** Whether the connector and its task run. */
  public boolean isRunning() {
    return connector.equals("RUNNING")
        && !tasks.isEmpty()
        && tasks.stream().allMatch("RUNNING"::equals);
  }

  /** Whether the connector is stopped and has no task any more. */
  public boolean isStopped() {
    return connector.equals("STOPPED") && tasks.isEmpty();
  }

  /** Whether the connector or its task has failed. */
  public boolean isFailed() {
    return connector.equals("FAILED") || tasks.contains("FAILED");
  }

  @Override
  public String toString() {
    return connector + ", tasks " + tasks + (trace.isEmpty() ? "" : "\n" + trace);
  }
}
