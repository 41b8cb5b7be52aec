package io.kreplica.benchmark;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;

/** A measurement of whole replications, each in a laboratory of its own, in turns. */
interface Race extends Measurement {

  /** Measures one replication, in one round. */
  List<Figure> run(Laboratory laboratory) throws SQLException;

  /** Who can take part. */
  default boolean admits(Contender contender) {
    return true;
  }

  @Override
  default List<Findings> take(Stand stand) throws SQLException {
    var rounds = new EnumMap<Contender, List<List<Figure>>>(Contender.class);
    for (var round = 0; round < stand.rounds(); round++) {
      for (var contender : stand.contenders().stream().filter(this::admits).toList()) {
        var figures = stand.inLaboratory(name() + "-" + round, contender, this::run);
        var all = rounds.computeIfAbsent(contender, c -> new ArrayList<>());
        figures.ifPresent(all::add);
      }
    }
    var findings = new ArrayList<Findings>();
    rounds.forEach(
        (contender, all) ->
            findings.add(
                all.isEmpty()
                    ? new Findings(contender.title(), List.of())
                    : Findings.median(contender.title(), all)));
    return findings;
  }
}
