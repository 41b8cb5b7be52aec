package io.kreplica.stack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Connect's REST interface, as far as it is needed to run connectors: what a user does with {@code
 * curl}. While the worker rebalances it answers 409; such requests are repeated. Thread-safe.
 */
public final class ConnectRest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(90);
  private static final Duration REBALANCE_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int CONFLICT = 409;
  private static final int NOT_FOUND = 404;

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final String base;

  public ConnectRest(int port) {
    this.base = "http://127.0.0.1:" + port;
  }

  /** Where the interface is. */
  public String url() {
    return base;
  }

  /** Creates a connector from a file with its name and configuration, which is posted as it is. */
  public void create(Path file) {
    try {
      send("POST", "/connectors", Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  /** Creates a connector. */
  public void create(String name, Map<String, String> config) {
    send(
        "POST", "/connectors", JSON.valueToTree(Map.of("name", name, "config", config)).toString());
  }

  /** Replaces a connector's configuration; its task starts again. */
  public void configure(String name, Map<String, String> config) {
    send("PUT", "/connectors/" + name + "/config", JSON.valueToTree(config).toString());
  }

  /** What each property of a configuration is worth, as Connect tells before it starts anything. */
  public JsonNode validate(String connectorClass, Map<String, String> config) {
    var simpleName = connectorClass.substring(connectorClass.lastIndexOf('.') + 1);
    return send(
        "PUT",
        "/connector-plugins/" + simpleName + "/config/validate",
        JSON.valueToTree(config).toString());
  }

  /** What validation complains about: each message after the property's name. */
  public List<String> validationErrors(String connectorClass, Map<String, String> config) {
    var errors = new ArrayList<String>();
    for (var property : validate(connectorClass, config).path("configs")) {
      var value = property.path("value");
      value
          .path("errors")
          .forEach(error -> errors.add(value.path("name").asText() + ": " + error.asText()));
    }
    return errors;
  }

  /** The connector's state and its tasks'; empty if there is no such connector. */
  public Optional<ConnectorStatus> status(String name) {
    try {
      return Optional.of(ConnectorStatus.of(send("GET", "/connectors/" + name + "/status", "")));
    } catch (ConnectRestException e) {
      if (e.status() == NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Waits until the connector and its task run.
   *
   * @throws IllegalStateException if one fails, or they do not run in time
   */
  public void awaitRunning(String name, Duration timeout) {
    await(name, "RUNNING", timeout, ConnectorStatus::isRunning, ConnectorStatus::isFailed);
  }

  /** Waits until the connector is stopped and its task gone, which may have failed before. */
  public void awaitStopped(String name, Duration timeout) {
    await(name, "STOPPED", timeout, ConnectorStatus::isStopped, status -> false);
  }

  private void await(
      String name,
      String wanted,
      Duration timeout,
      Predicate<ConnectorStatus> isReached,
      Predicate<ConnectorStatus> isHopeless) {
    var deadline = System.nanoTime() + timeout.toNanos();
    var status = status(name);
    while (status.isEmpty() || !isReached.test(status.get())) {
      if (System.nanoTime() > deadline || status.filter(isHopeless).isPresent()) {
        throw new IllegalStateException(
            "Connector '"
                + name
                + "' is not "
                + wanted
                + ": "
                + status.map(ConnectorStatus::toString).orElse("there is none of this name"));
      }
      Processes.pause(POLL);
      status = status(name);
    }
  }

  public void pause(String name) {
    send("PUT", "/connectors/" + name + "/pause", "");
  }

  public void resume(String name) {
    send("PUT", "/connectors/" + name + "/resume", "");
  }

  public void stop(String name) {
    send("PUT", "/connectors/" + name + "/stop", "");
  }

  /** Restarts the connector and its task. */
  public void restart(String name) {
    send("POST", "/connectors/" + name + "/restart?includeTasks=true", "");
  }

  /** Restarts the task alone. */
  public void restartTask(String name) {
    send("POST", "/connectors/" + name + "/tasks/0/restart", "");
  }

  public void delete(String name) {
    send("DELETE", "/connectors/" + name, "");
  }

  /** How far the connector is, in its own terms. */
  public JsonNode offsets(String name) {
    return send("GET", "/connectors/" + name + "/offsets", "");
  }

  /** Lets a stopped connector forget how far it was. */
  public void deleteOffsets(String name) {
    send("DELETE", "/connectors/" + name + "/offsets", "");
  }

  /** The names of all connectors. */
  public List<String> connectors() {
    var names = new ArrayList<String>();
    send("GET", "/connectors", "").forEach(name -> names.add(name.asText()));
    return names;
  }

  /** Whether the worker has joined its group and takes requests. */
  boolean isReady() {
    try {
      sendOnce("GET", "/health", "");
      return true;
    } catch (ConnectRestException e) {
      return false;
    }
  }

  private JsonNode send(String method, String path, String body) {
    var deadline = System.nanoTime() + REBALANCE_TIMEOUT.toNanos();
    while (true) {
      try {
        return sendOnce(method, path, body);
      } catch (ConnectRestException e) {
        var passes =
            (e.status() == CONFLICT && e.getMessage().contains("rebalance"))
                || e.getMessage().contains("can be safely retried");
        if (!passes || System.nanoTime() > deadline) {
          throw e;
        }
        Processes.pause(POLL);
      }
    }
  }

  private JsonNode sendOnce(String method, String path, String body) {
    var request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(REQUEST_TIMEOUT)
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    try {
      var response = client.send(request, BodyHandlers.ofString());
      if (response.statusCode() >= 400) {
        throw new ConnectRestException(
            "Cannot " + method + " " + path + ": " + response.statusCode() + " " + response.body(),
            response.statusCode());
      }
      return response.body().isEmpty() ? JSON.missingNode() : JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new ConnectRestException("Cannot read the answer to " + method + " " + path, e);
    } catch (IOException e) {
      throw new ConnectRestException("Cannot " + method + " " + base + path + ": no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectRestException("Interrupted in " + method + " " + path, e);
    }
  }
}
