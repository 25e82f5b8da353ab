package io.homeport.demo;

import io.homeport.demo.watch.Rules;
import java.util.List;

/**
 * All that a view needs to draw one moment.
 *
 * @param faults violations and mismatches, oldest first
 * @param forkHolders by fork: the seat that holds it, or -1
 * @param log what happened, oldest first
 */
record Scene(
        long elapsedMs,
        int movesDone,
        int movesPlanned,
        List<String> faults,
        List<String> nodes,
        List<Person> people,
        List<Integer> forkHolders,
        List<String> log) {

    /**
     * One process at that moment.
     *
     * @param headingTo the node it is on the way to, or -1
     * @param step of its move, empty between moves
     * @param phase null for the fork server
     * @param pulseMicros longest silences, oldest first
     */
    record Person(
            Guest guest,
            int node,
            int headingTo,
            String step,
            Rules.Phase phase,
            int forks,
            int meals,
            long[] pulseMicros,
            long worstMicros) {}
}
