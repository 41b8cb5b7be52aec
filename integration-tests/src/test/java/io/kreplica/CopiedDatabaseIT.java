package io.kreplica;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * CREATE DATABASE of a master as a template: a copy in which every OID and every number is the
 * same.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class CopiedDatabaseIT {

  private final PostgresVersion version;

  CopiedDatabaseIT(PostgresVersion version) {
    this.version = version;
  }

  @Test
  void aCopyOfAMasterIsRefusedAndMayGoOnWithALogOfItsOwn() throws Exception {
    var server = SharedPostgres.of(version);
    try (var mirror = Mirror.on(version).onBoth(RestoredMaster.DDL)) {
      RestoredMaster.track(mirror.master());
      RestoredMaster.write(mirror.master());
      mirror.settle().assertEqual();
      RestoredMaster.write(mirror.master());
      mirror.restartSource().master().session().close();

      try (var session = server.connect("postgres");
          var statement = session.createStatement()) {
        statement.execute("create database copied template " + mirror.master().database());
      }

      var master = mirror.master();
      master.connectAgain();
      mirror.source("connection.url", server.url("copied"));
      assertThatThrownBy(mirror::settle)
          .hasMessageContaining("Connect to the original; or, to replicate the copy by itself:");
      mirror.restartSource().source("connection.url", server.url(master.database()));
      mirror.settle().assertEqual();

      RestoredMaster.goesOnWithANewLog(
          MasterFixture.asItIs(server, "copied"), mirror, "is a copy of it in the same cluster");
    }
  }
}
