package io.homeport.bench.tomcat;

import io.homeport.bench.contender.Contender;
import java.util.List;

/**
 * What is measured.
 *
 * @param contenders in the order of the table
 * @param rounds how often each is measured
 * @param seconds for how long each time
 * @param warmUpSeconds of load on each before anything counts
 */
public record TomcatPlan(List<Contender> contenders, int rounds, int seconds, int warmUpSeconds) {
    /** Those that take part if none is named. */
    public static final List<Contender> USUAL = List.of(
            Contender.BARE, Contender.UNMOVED, Contender.DIRECT, Contender.HAPROXY1, Contender.HAPROXY2, Contender.HOMEPORT_PLAIN, Contender.HOMEPORT);

    /** @throws IllegalArgumentException if there is nothing to measure */
    public TomcatPlan {
        contenders = contenders.stream().distinct().toList();
        if (contenders.isEmpty() || rounds < 1 || seconds < 1 || warmUpSeconds < 1) {
            throw new IllegalArgumentException("at least 1 contender, 1 round, 1 second and 1 second of warm-up");
        }
    }

    /** The same without some of its contenders. */
    public TomcatPlan without(List<Contender> left) {
        return new TomcatPlan(contenders.stream().filter(contender -> !left.contains(contender)).toList(), rounds, seconds, warmUpSeconds);
    }

    /**
     * What a contender is compared with: Tomcat on alpha with its peer without agent, all others with HAProxy in front of an unmoved
     * Tomcat; with the first contender if the peer does not take part.
     */
    Contender peer(Contender contender) {
        boolean onAlpha = contender == Contender.BARE || contender == Contender.UNMOVED;
        Contender peer = onAlpha ? Contender.BARE : Contender.HAPROXY1;
        return contenders.contains(peer) ? peer : contenders.get(0);
    }
}
