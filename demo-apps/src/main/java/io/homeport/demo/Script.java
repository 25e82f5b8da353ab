package io.homeport.demo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Who moves, and where to: drawn from a seed before the dinner begins, so that the same seed gives the same journeys.
 * Everybody travels once before anybody travels again.
 */
final class Script {
    private final List<Move> moves;

    /**
     * One line of the script.
     *
     * @param number from 1
     * @param guest who goes
     * @param to index of the node
     */
    record Move(int number, Guest guest, int to) {}

    /** Draws `count` moves among `nodes` nodes. */
    Script(long seed, int count, List<Guest> company, int nodes) {
        Random random = new Random(seed);
        int[] place = company.stream().mapToInt(Guest::home).toArray();
        List<Integer> bag = new ArrayList<>();
        List<Move> drawn = new ArrayList<>();
        for (int number = 1; number <= count; number++) {
            if (bag.isEmpty()) {
                for (int i = 0; i < company.size(); i++) {
                    bag.add(i);
                }
                Collections.shuffle(bag, random);
            }
            int who = bag.remove(bag.size() - 1);
            place[who] = (place[who] + 1 + random.nextInt(nodes - 1)) % nodes;
            drawn.add(new Move(number, company.get(who), place[who]));
        }
        moves = List.copyOf(drawn);
    }

    List<Move> moves() {
        return moves;
    }
}
