package io.homeport.bench.soak;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * What a turn is to do, from the seed and the turn's number alone.
 *
 * @param fault its kind
 * @param services which services move, by their places; the first is aimed at
 * @param stepsOn how many nodes on in the ring each goes, 1 or 2
 * @param moment when the fault strikes, as a part of a move's usual time
 * @param faultSeed for what the fault itself draws
 */
record TurnPlan(FaultKind fault, List<Integer> services, List<Integer> stepsOn, double moment, long faultSeed) {
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    static TurnPlan of(long seed, int turn, List<FaultKind> kinds, int services, int mostMoves) {
        Random random = new Random(seed * SPREAD + turn);
        // Every kind once in so many turns, in an order of its own each time.
        List<FaultKind> deck = new ArrayList<>(kinds);
        Collections.shuffle(deck, new Random(seed * SPREAD - turn / kinds.size()));
        List<Integer> movers = new ArrayList<>();
        List<Integer> steps = new ArrayList<>();
        for (int place = 0; place < services; place++) {
            movers.add(place);
            steps.add(1 + random.nextInt(2));
        }
        Collections.shuffle(movers, random);
        int count = Math.min(mostMoves, 1 + random.nextInt(services));
        return new TurnPlan(deck.get(turn % kinds.size()), movers.subList(0, count), steps, random.nextDouble(), random.nextLong());
    }
}
