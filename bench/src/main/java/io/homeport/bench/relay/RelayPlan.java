package io.homeport.bench.relay;

import io.homeport.bench.contender.Contender;
import io.homeport.bench.load.Work;
import java.util.List;

/**
 * What is measured.
 *
 * @param contenders in the order of the table
 * @param works likewise
 * @param rounds how often each work is done through each contender
 * @param ms for how long each time
 * @param perSecond messages a second, for work at a fixed rate
 */
public record RelayPlan(List<Contender> contenders, List<Work> works, int rounds, int ms, int perSecond) {
    /** @throws IllegalArgumentException if there is nothing to measure */
    public RelayPlan {
        contenders = contenders.stream().distinct().toList();
        works = works.stream().distinct().toList();
        if (contenders.isEmpty() || works.isEmpty() || rounds < 1 || ms < 1 || perSecond < 1) {
            throw new IllegalArgumentException("at least 1 contender, 1 work, 1 round, some time and 1 message a second");
        }
    }

    /** The same without some of its contenders. */
    public RelayPlan without(List<Contender> left) {
        return new RelayPlan(contenders.stream().filter(contender -> !left.contains(contender)).toList(), works, rounds, ms, perSecond);
    }

    /** What all others are compared with: HAProxy over the same two hops if it takes part, else the first contender. */
    public Contender baseline() {
        return contenders.contains(Contender.HAPROXY2) ? Contender.HAPROXY2 : contenders.get(0);
    }

    /** The contenders in the order of a round. */
    List<Contender> order(int round) {
        return Contender.inTurn(contenders, round);
    }
}
