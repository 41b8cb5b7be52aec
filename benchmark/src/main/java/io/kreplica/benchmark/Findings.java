package io.kreplica.benchmark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What was measured of one contender.
 *
 * @param who the contender
 * @param figures in the order in which all contenders have them; empty if it failed
 */
record Findings(String who, List<Figure> figures) {

  /**
   * Of several rounds: each figure as it was in the round that had it in the middle; what is told
   * is told of all rounds where they differ.
   */
  static Findings median(String who, List<List<Figure>> rounds) {
    var figures = new ArrayList<Figure>();
    for (var i = 0; i < rounds.get(0).size(); i++) {
      var index = i;
      figures.add(middle(rounds.stream().map(round -> round.get(index)).toList()));
    }
    return new Findings(who, List.copyOf(figures));
  }

  /** Whether it is a peer, with figures that KReplica's are divided by. */
  boolean isComparable() {
    return figures.isEmpty() || figures.stream().anyMatch(Figure::isComparable);
  }

  boolean has(int row) {
    return row < figures.size();
  }

  private static Figure middle(List<Figure> rounds) {
    if (rounds.get(0).isComparable()) {
      return rounds.stream()
          .sorted(Comparator.comparingDouble(Figure::number))
          .toList()
          .get((rounds.size() - 1) / 2);
    }
    return Figure.of(
        rounds.get(0).what(),
        String.join(", ", rounds.stream().map(Figure::text).distinct().toList()));
  }
}
