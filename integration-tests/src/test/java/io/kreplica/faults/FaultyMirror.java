package io.kreplica.faults;

import io.kreplica.Mirror;
import io.kreplica.SharedPostgres;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import io.kreplica.stack.TcpProxy;
import java.sql.SQLException;

/**
 * A mirror whose tasks reach master and slave through networks that may break; the test itself goes
 * past them. Connections that hang are noticed within seconds.
 */
final class FaultyMirror implements AutoCloseable {

  /** How long a server may be silent before the tasks ask after it. */
  static final String TIMEOUT_MS = "1000";

  private final TcpProxy toMaster;
  private final TcpProxy toSlave;
  private final Mirror mirror;

  private FaultyMirror(PostgresServer masterServer, PostgresServer slaveServer)
      throws SQLException {
    var master = MasterFixture.on(masterServer);
    var slave = SlaveFixture.on(slaveServer);
    toMaster = TcpProxy.to(masterServer.port());
    toSlave = TcpProxy.to(slaveServer.port());
    mirror =
        Mirror.between(master, slave)
            .source("connection.url", url(toMaster, master.database()))
            .source("connection.timeout.ms", TIMEOUT_MS)
            .source("keepalive.interval.ms", "1000")
            .sink("connection.url", url(toSlave, slave.database()))
            .sink("connection.timeout.ms", TIMEOUT_MS);
  }

  /** With both databases on the server that all tests share. */
  static FaultyMirror on(PostgresVersion version) throws SQLException {
    var server = SharedPostgres.of(version);
    return between(server, server);
  }

  /** With databases on servers that the test may end. */
  static FaultyMirror between(PostgresServer master, PostgresServer slave) throws SQLException {
    return new FaultyMirror(master, slave);
  }

  /** Never prepares statements, so that each carries its text, by which a fault finds it. */
  private static String url(TcpProxy proxy, String database) {
    return "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + database + "?prepareThreshold=0";
  }

  TcpProxy toMaster() {
    return toMaster;
  }

  TcpProxy toSlave() {
    return toSlave;
  }

  Mirror mirror() {
    return mirror;
  }

  @Override
  public void close() throws SQLException {
    try {
      mirror.close();
    } finally {
      toMaster.close();
      toSlave.close();
    }
  }
}
