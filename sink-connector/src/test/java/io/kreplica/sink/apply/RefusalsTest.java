package io.kreplica.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class RefusalsTest {

  @Test
  void namesTheColumnThatWouldRoundAValue() {
    assertThat(
            Refusals.describe(
                new PSQLException(
                    new ServerErrorMessage(
                        "SERROR\0C22P02\0Minvalid input syntax for type numeric: \""
                            + Refusals.ROUNDED
                            + "price\"\0"),
                    false)))
        .isEqualTo("a value that would be rounded in column price (SQLSTATE 22P02)");
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
