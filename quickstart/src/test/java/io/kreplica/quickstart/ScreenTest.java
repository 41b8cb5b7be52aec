package io.kreplica.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ScreenTest {

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @Test
  void writesALiveLineOverAndOverOnATerminal() {
    var screen = screen(true);

    screen.printLive("one");
    screen.printLive("two");
    screen.print("done");

    assertThat(text()).isEqualTo("\rone\033[K\rtwo\033[K\ndone\n");
  }

  @Test
  void printsALiveLineSeldomAndPlainlyElsewhere() {
    var screen = screen(false);

    screen.printLive("one");
    screen.printLive("two");
    screen.print(screen.good("done"));

    assertThat(text()).isEqualTo("one\ndone\n");
  }

  @Test
  void isSilentAfterTheLastLine() {
    var screen = screen(false);

    screen.printLast("end");
    screen.print("complaint");

    assertThat(text()).isEqualTo("end\n");
  }

  private Screen screen(boolean terminal) {
    return new Screen(new PrintStream(printed, true, StandardCharsets.UTF_8), terminal);
  }

  private String text() {
    return printed.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
