package io.kreplica.sink.apply;

import static io.kreplica.sink.apply.Rows.delete;
import static io.kreplica.sink.apply.Rows.shape;
import static io.kreplica.sink.apply.Rows.truncate;
import static io.kreplica.sink.apply.Rows.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.sink.change.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReductionTest {

  /** The steps as text: {@code a -1 +2=x} deletes 1 of table a and writes x to 2. */
  private static List<String> reduce(boolean equalAsText, Change... changes) {
    return Reduction.of(List.of(changes), shape -> equalAsText).stream()
        .map(ReductionTest::describe)
        .toList();
  }

  private static String describe(Reduction.Step step) {
    if (step instanceof Reduction.Rows rows) {
      var text = new StringBuilder(rows.table().table());
      for (var run : rows.runs()) {
        for (var row : run.rows()) {
          text.append(row.delete() ? " -" : " +").append(String.join("=", row.values()));
        }
      }
      return text.toString();
    }
    return step instanceof Reduction.Truncate truncate
        ? "truncate " + truncate.tables().stream().map(t -> t.table()).toList()
        : step.getClass().getSimpleName();
  }

  @Test
  void keepsTheLastStateOfEachRow() {
    assertThat(
            reduce(
                true,
                upsert("a", "1", "x"),
                upsert("a", "1", "y"),
                upsert("a", "2", "x"),
                delete("a", "2"),
                delete("a", "3"),
                upsert("a", "3", "z")))
        .containsExactly("a -2 +1=y +3=z");
  }

  @Test
  void gathersRowsByTableWithDeletesFirst() {
    assertThat(
            reduce(
                true,
                upsert("a", "1", "x"),
                upsert("b", "1", "x"),
                delete("a", "2"),
                upsert("a", "3", "x")))
        .containsExactly("a -2 +1=x +3=x", "b +1=x");
  }

  @Test
  void nothingCrossesATruncate() {
    assertThat(reduce(true, upsert("a", "1", "x"), truncate("a"), upsert("a", "1", "y")))
        .containsExactly("a +1=x", "truncate [a]", "a +1=y");
  }

  @Test
  void truncatesThatFollowEachOtherAreOneStatement() {
    assertThat(
            reduce(
                true,
                truncate("a"),
                truncate("b"),
                truncate("a"),
                upsert("a", "1", "x"),
                truncate("c")))
        .containsExactly("truncate [a, b]", "a +1=x", "truncate [c]");
  }

  @Test
  void nothingCrossesTheBeginningOfACopy() {
    assertThat(
            reduce(
                true,
                upsert("a", "1", "x"),
                new Change.CopyBegun(Rows.table("a"), 7),
                upsert("a", "1", "y"),
                new Change.CopyEnded(Rows.table("a"), 7)))
        .containsExactly("a +1=x", "BeginCopy", "a +1=y", "EndCopy");
  }

  @Test
  void keepsTheOrderOfKeysThatMayBeEqualThoughTheirTextsDiffer() {
    assertThat(
            reduce(
                false,
                upsert("a", "1", "x"),
                delete("a", "1.0"),
                upsert("a", "2", "x"),
                upsert("a", "1", "y")))
        .containsExactly("a -1.0 +2=x +1=y");
  }

  @Test
  void doesNotLoseAColumnThatALaterStateOfTheRowLacks() {
    var wide =
        new Change.Row(
            shape("a", "id", "name", "size"), false, List.of("1", "x", "5"), Rows.ORIGIN);

    assertThat(reduce(true, wide, upsert("a", "1", "y"))).containsExactly("a +1=x=5", "a +1=y");
    assertThat(reduce(true, upsert("a", "1", "y"), wide)).containsExactly("a +1=x=5");
  }

  @Test
  void leadsToTheSameStateAsTheChangesOneByOne() {
    var seed = 20260102L;
    var random = new Random(seed);
    for (var i = 0; i < 500; i++) {
      var changes = new ArrayList<Change>();
      for (var n = random.nextInt(60); n >= 0; n--) {
        var table = random.nextBoolean() ? "a" : "b";
        var id = String.valueOf(random.nextInt(6));
        changes.add(
            switch (random.nextInt(12)) {
              case 0 -> truncate(table);
              case 1, 2, 3 -> delete(table, id);
              default -> upsert(table, id, "v" + n);
            });
      }
      var equalAsText = random.nextBoolean();

      assertThat(stateAfter(Reduction.of(changes, shape -> equalAsText)))
          .as("seed %s, round %s", seed, i)
          .isEqualTo(stateOneByOne(changes));
    }
  }

  private static Map<String, String> stateOneByOne(List<Change> changes) {
    var state = new HashMap<String, String>();
    for (var change : changes) {
      if (change instanceof Change.Row row) {
        write(state, row);
      } else if (change instanceof Change.Truncate truncate) {
        state.keySet().removeIf(key -> key.startsWith(truncate.table().table()));
      }
    }
    return state;
  }

  private static Map<String, String> stateAfter(List<Reduction.Step> steps) {
    var state = new HashMap<String, String>();
    for (var step : steps) {
      if (step instanceof Reduction.Rows rows) {
        rows.runs().forEach(run -> run.rows().forEach(row -> write(state, row)));
      } else if (step instanceof Reduction.Truncate truncate) {
        truncate
            .tables()
            .forEach(table -> state.keySet().removeIf(key -> key.startsWith(table.table())));
      }
    }
    return state;
  }

  private static void write(Map<String, String> state, Change.Row row) {
    var key = row.table().table() + row.values().get(0);
    if (row.delete()) {
      state.remove(key);
    } else {
      state.put(key, row.values().get(1));
    }
  }
}
