package io.kreplica.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.Mirror;
import io.kreplica.SharedPostgres;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A master whose commits are visible before they are on disk ({@code synchronous_commit=off}) loses
 * the last of them in a crash: no slave has them then.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class FlushGateIT {

  private final PostgresVersion version;

  FlushGateIT(PostgresVersion version) {
    this.version = version;
  }

  @Test
  void whatWasSentOutlivesACrashOfAMasterThatCommitsAsynchronously() throws Exception {
    try (var server =
            PostgresServer.builder(version)
                .setting("synchronous_commit", "off")
                .setting("wal_writer_delay", "10s")
                .start();
        var mirror =
            Mirror.between(MasterFixture.on(server), SlaveFixture.on(SharedPostgres.of(version)))) {
      mirror.onBoth("create table account (id int primary key, name text)");
      mirror.master().execute("create table untracked (id int)");
      mirror.track("account").settleUntilIdle();
      for (var round = 0; round < 3; round++) {
        mirror.master().execute("insert into account values (" + round + ", 'sent')");
        mirror.settle();
        // By now nothing of what follows has been written to disk.
        mirror.master().execute("insert into untracked values (" + round + ")");

        server.kill();
        server.restart();
        mirror.master().connectAgain();

        assertThat(mirror.master().value("select count(*) from untracked where id = " + round))
            .as("commits that the crash lost, so that there was something to lose")
            .isEqualTo("0");
        mirror.settle().assertEqual("account");
        assertThat(mirror.slave().rows("select count(*) from account"))
            .containsExactly(Integer.toString(round + 1));
      }
    }
  }
}
