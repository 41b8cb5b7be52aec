package io.kreplica.e2e;

import com.github.dockerjava.api.model.PortBinding;
import io.kreplica.stack.Ports;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** PostgreSQL in a container, on a port that it keeps when it starts again. */
final class ContainerDatabase implements Database {

  private static final String IMAGE = "postgres:18";
  private static final String SUPERUSER = "postgres";
  private static final Duration READY_TIMEOUT = Duration.ofMinutes(1);

  private final int port = Ports.free();
  private final PostgreSQLContainer container =
      new PostgreSQLContainer(IMAGE)
          .withUsername(SUPERUSER)
          .withPassword(SUPERUSER)
          .withCreateContainerCmdModifier(
              command ->
                  command
                      .getHostConfig()
                      .withPortBindings(PortBinding.parse("127.0.0.1:" + port + ":5432")));

  void start() {
    container.start();
  }

  @Override
  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  @Override
  public Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(url(database), SUPERUSER, SUPERUSER);
  }

  @Override
  public void stop() {
    container.getDockerClient().stopContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void kill() {
    container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void restart() {
    container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
    Awaitility.await().atMost(READY_TIMEOUT).until(this::answers);
  }

  private boolean answers() {
    try (var connection = connect(SUPERUSER)) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() {
    container.close();
  }
}
