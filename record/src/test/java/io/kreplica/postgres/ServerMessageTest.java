package io.kreplica.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class ServerMessageTest {

  private static PSQLException error(String state, String message, String more) {
    // As the server's own session would show it, with everything.
    return new PSQLException(
        new ServerErrorMessage("SERROR\0C" + state + "\0M" + message + "\0" + more), true);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "22P02 | invalid input syntax for type integer: \"s3cret\" | invalid input syntax for type integer: \"…\"",
        "22003 | value \"s3cret\" is out of range for type integer | value \"…\" is out of range for type integer",
        "22P02 | syntaxe en entrée invalide pour le type integer : « s3cret » | syntaxe en entrée invalide pour le type integer : \"…\"",
        "22P02 | ungültige Eingabesyntax für Typ integer: „s3cret“ | ungültige Eingabesyntax für Typ integer: \"…\"",
        "22P02 | 型integerの入力構文が不正です: \"s3cret\" | 型integerの入力構文が不正です: \"…\"",
        "22021 | invalid byte sequence for encoding \"UTF8\": s3cret | invalid byte sequence for encoding \"…\"",
        "22008 | value \"a\" and \"s3cret\" out of range | value \"…\" out of range",
        "P0001 | no s3cret here | an exception raised by a function",
        "P0001 | Cannot copy public.account: it was altered | Cannot copy public.account: it was altered",
        "22003 | integer out of range | integer out of range",
        "53100 | could not extend file \"base/5/7\": No space left on device | could not extend file \"base/5/7\": No space left on device"
      })
  void leavesOutWhatMayBeAValueWhateverTheLanguage(String state, String message, String shown) {
    assertThat(ServerMessage.describe(error(state, message, "")))
        .isEqualTo(shown + " (SQLSTATE " + state + ")");
  }

  @Test
  void leavesOutWhatAFunctionSaysUnderAnotherState() {
    assertThat(ServerMessage.describe(error("23514", "row s3cret", "Rexec_stmt_raise\0")))
        .isEqualTo("an exception raised by a function (SQLSTATE 23514)");
  }

  @Test
  void keepsNamesAndLeavesDetailAndContextOut() {
    var error =
        error(
            "23505",
            "duplicate key value violates unique constraint \"one_name\"",
            "DKey (name)=(s3cret) already exists.\0Ws3cret\0qs3cret\0none_name\0");

    assertThat(ServerMessage.describe(error))
        .isEqualTo(
            "duplicate key value violates unique constraint \"one_name\" (SQLSTATE 23505,"
                + " constraint one_name)");
  }

  @Test
  void aCauseToHandOnTellsNoMore() {
    var error = error("22P02", "invalid input syntax: \"s3cret\"", "Ds3cret\0");
    error.setNextException(new SQLException("s3cret"));
    var trace = new StringWriter();

    ServerMessage.withoutValues(error).printStackTrace(new PrintWriter(trace));

    assertThat(trace.toString()).doesNotContain("s3cret").contains("22P02", "aCauseToHandOnTells");
  }
}
