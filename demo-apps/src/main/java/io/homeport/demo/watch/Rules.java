package io.homeport.demo.watch;

import io.homeport.demo.wire.Frame;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of the dinner, checked from two independent stories: the fork server's log of grants and releases, and the
 * philosophers' own claims of when they ate. The stories come over different connections, so they are compared with each
 * other only at the end.
 *
 * <ul>
 *   <li>the log has no gap; no fork is given while somebody holds it, none is taken back from somebody who does not;
 *   <li>no two neighbours eat at the same moment of the wall clock, which all processes share and no move touches;
 *   <li>meals are numbered without gap; each rests on a grant of its own for either fork;
 *   <li>at the end all forks lie on the table.
 * </ul>
 */
public final class Rules {
    private static final int NOBODY = -1;

    private final Verdict verdict;
    private final int seats;
    private final int[] holder;
    private final Phase[] phase;
    private final List<List<Meal>> meals = new ArrayList<>();
    private final Map<Long, Grant> grants = new HashMap<>();
    private final Set<Long> requests = new HashSet<>();
    private final Set<Long> eatenOn = new HashSet<>();
    private long sequence;
    private long finishedMeals;

    /** What a philosopher is known to do. */
    public enum Phase {
        /** Needs nothing. */
        THINKING,
        /** Waits for a fork. */
        HUNGRY,
        /** Has two. */
        EATING
    }

    private record Grant(int fork, int seat) {}

    private static final class Meal {
        private final long beginMicros;
        private final long[] grants;
        private long endMicros = Long.MAX_VALUE;

        private Meal(long beginMicros, long[] grants) {
            this.beginMicros = beginMicros;
            this.grants = grants;
        }

        private boolean overlaps(Meal other) {
            return beginMicros < other.endMicros && other.beginMicros < endMicros;
        }
    }

    /** Rules for a round table with as many forks as seats. */
    public Rules(int seats, Verdict verdict) {
        this.seats = seats;
        this.verdict = verdict;
        holder = new int[seats];
        Arrays.fill(holder, NOBODY);
        phase = new Phase[seats];
        Arrays.fill(phase, Phase.THINKING);
        for (int seat = 0; seat < seats; seat++) {
            meals.add(new ArrayList<>());
        }
    }

    /** Takes in an event; others than those of the dinner are passed over. */
    public synchronized void happened(Frame event) {
        switch (event.kind()) {
            case GRANTED:
                granted(event.value(), event.subject(), event.id());
                break;
            case RELEASED:
                released(event.value(), event.subject(), event.id());
                break;
            case HUNGRY:
                phase[event.subject()] = Phase.HUNGRY;
                break;
            case EATING:
                ByteBuffer rests = ByteBuffer.wrap(event.payload());
                eating(event.subject(), event.id(), event.value(), rests.getLong(), rests.getLong());
                break;
            case ATE:
                ate(event.subject(), event.id(), event.value());
                break;
            default:
                break;
        }
    }

    private void granted(long number, int fork, long request) {
        int seat = Frame.seatOf(request);
        logged(number, request);
        if (holder[fork] != NOBODY) {
            verdict.violation(
                    "fork " + fork + " doubled: given to seat " + seat + " while seat " + holder[fork] + " holds it");
        }
        if (fork != seat && fork != (seat + 1) % seats) {
            verdict.violation("fork " + fork + " given to seat " + seat + ", which does not sit at it");
        }
        holder[fork] = seat;
        grants.put(number, new Grant(fork, seat));
    }

    private void released(long number, int fork, long request) {
        logged(number, request);
        if (holder[fork] != Frame.seatOf(request)) {
            verdict.violation("fork " + fork + " given back by seat " + Frame.seatOf(request) + ", held by " + holder[fork]);
        }
        holder[fork] = NOBODY;
    }

    private void logged(long number, long request) {
        if (number != sequence + 1) {
            verdict.violation("the fork server's log jumps from " + sequence + " to " + number);
        }
        sequence = number;
        if (!requests.add(request)) {
            verdict.violation(
                    "request " + Frame.numberOf(request) + " of seat " + Frame.seatOf(request) + " answered twice");
        }
    }

    private void eating(int seat, long number, long beginMicros, long firstGrant, long secondGrant) {
        List<Meal> own = meals.get(seat);
        if (number != own.size() + 1) {
            verdict.violation("seat " + seat + " begins meal " + number + " after meal " + own.size());
        }
        if (phase[seat] == Phase.EATING) {
            verdict.violation("seat " + seat + " eats twice at a time");
        }
        phase[seat] = Phase.EATING;
        own.add(new Meal(beginMicros, new long[] {firstGrant, secondGrant}));
    }

    private void ate(int seat, long number, long endMicros) {
        List<Meal> own = meals.get(seat);
        if (number != own.size() || phase[seat] != Phase.EATING) {
            verdict.violation("seat " + seat + " ends meal " + number + ", which it does not eat");
            return;
        }
        phase[seat] = Phase.THINKING;
        finishedMeals++;
        Meal meal = own.get(own.size() - 1);
        meal.endMicros = endMicros;
        compareWithNeighbour(seat, meal, (seat + 1) % seats);
        compareWithNeighbour(seat, meal, (seat + seats - 1) % seats);
    }

    /** Each pair of finished meals is compared when the later of them is told. */
    private void compareWithNeighbour(int seat, Meal meal, int neighbour) {
        List<Meal> theirs = meals.get(neighbour);
        for (int i = theirs.size() - 1; i >= 0 && theirs.get(i).endMicros > meal.beginMicros; i--) {
            Meal other = theirs.get(i);
            if (other.endMicros != Long.MAX_VALUE && meal.overlaps(other)) {
                verdict.violation("neighbours " + seat + " and " + neighbour + " ate at the same time");
            }
        }
    }

    /** The last checks, when every philosopher has finished and every event has come. */
    public synchronized void settle() {
        for (int fork = 0; fork < seats; fork++) {
            if (holder[fork] != NOBODY) {
                verdict.violation("fork " + fork + " lost: seat " + holder[fork] + " left with it");
            }
        }
        for (int seat = 0; seat < seats; seat++) {
            if (phase[seat] == Phase.EATING) {
                verdict.violation("seat " + seat + " never ended its last meal");
            }
            int number = 0;
            for (Meal meal : meals.get(seat)) {
                number++;
                checkGrants(seat, number, meal);
            }
        }
    }

    private void checkGrants(int seat, int number, Meal meal) {
        String which = "meal " + number + " of seat " + seat;
        Set<Integer> forks = new HashSet<>();
        for (long grant : meal.grants) {
            Grant given = grants.get(grant);
            if (given == null || given.seat != seat) {
                verdict.violation(which + " rests on grant " + grant + ", which it never got");
            } else if (!eatenOn.add(grant)) {
                verdict.violation(which + " rests on grant " + grant + ", used before");
            } else {
                forks.add(given.fork);
            }
        }
        if (forks.size() != 2) {
            verdict.violation(which + " was eaten with " + forks.size() + " forks");
        }
    }

    /** Number of finished meals. */
    public synchronized long meals() {
        return finishedMeals;
    }

    /** Number of meals that this seat has finished. */
    public synchronized int meals(int seat) {
        return meals.get(seat).size() - (phase[seat] == Phase.EATING ? 1 : 0);
    }

    /** What this seat does. */
    public synchronized Phase phase(int seat) {
        return phase[seat];
    }

    /** The seat that holds this fork, or -1. */
    public synchronized int holder(int fork) {
        return holder[fork];
    }

    /** How many forks this seat holds, by the fork server's log; 0 for whoever sits at no place. */
    public synchronized int forksOf(int seat) {
        return seat < 0 ? 0 : (int) Arrays.stream(holder).filter(held -> held == seat).count();
    }
}
