package io.kreplica.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class RefusalsTest {

  private static String describe(String state, String message, String more) {
    return Refusals.describe(
        new PSQLException(
            new ServerErrorMessage("SERROR\0C" + state + "\0M" + message + "\0" + more), false));
  }

  @Test
  void hidesValuesThatThePostgresMessageQuotes() {
    assertThat(describe("22P02", "invalid input syntax for type integer: \"secret\"", ""))
        .isEqualTo("invalid input syntax for type integer: \"…\" (SQLSTATE 22P02)");
    assertThat(describe("22008", "value \"a\" and \"secret\" out of range", ""))
        .doesNotContain("secret");
    assertThat(describe("P0001", "no secret here", "")).doesNotContain("secret");
  }

  @Test
  void keepsNamesAndLeavesTheDetailOut() {
    assertThat(
            describe(
                "23505",
                "duplicate key value violates unique constraint \"one_name\"",
                "DKey (name)=(secret) already exists.\0none_name\0"))
        .isEqualTo(
            "duplicate key value violates unique constraint \"one_name\" (SQLSTATE 23505,"
                + " constraint one_name)");
  }

  @Test
  void namesTheKeyAndTheTransactionOfARow() {
    var refused =
        Refusals.ofRow(
            Rows.upsert("account", "42", "secret"),
            Rows.table("account"),
            Optional.of("balance"),
            new PSQLException(new ServerErrorMessage("SERROR\0C22001\0Mvalue too long\0"), false));

    assertThat(refused)
        .hasMessageContaining(
            "to public.account (key id=42; column balance; transaction 3, batch 1-1): value too long")
        .hasMessageNotContaining("secret");
  }
}
