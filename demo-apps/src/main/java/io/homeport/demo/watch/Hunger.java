package io.homeport.demo.watch;

/** Finds deadlock and starvation: a philosopher who has not eaten for too long while nobody was on the road. One thread. */
public final class Hunger {
    /** The longest wait of a table that works is some two seconds: both neighbours, and theirs, at their longest meals. */
    public static final long LIMIT_MS = 20_000;

    private final Verdict verdict;
    private final int[] lastMeals;
    private final long[] hungryMs;
    private long lastLookMs;

    /** Watching begins at `nowMs`, on any clock that runs evenly. */
    public Hunger(int seats, Verdict verdict, long nowMs) {
        this.verdict = verdict;
        this.lastMeals = new int[seats];
        this.hungryMs = new long[seats];
        this.lastLookMs = nowMs;
    }

    /** Looks at the table; to be called every so often, also when a move begins or ends. */
    public void look(Rules rules, boolean moving, long nowMs) {
        long passedMs = nowMs - lastLookMs;
        lastLookMs = nowMs;
        for (int seat = 0; seat < hungryMs.length; seat++) {
            int meals = rules.meals(seat);
            if (meals != lastMeals[seat]) {
                hungryMs[seat] = 0;
                lastMeals[seat] = meals;
            } else if (!moving) {
                hungryMs[seat] += passedMs;
            }
            if (hungryMs[seat] > LIMIT_MS) {
                verdict.violation("seat " + seat + " has not eaten for " + hungryMs[seat] + " ms");
                hungryMs[seat] = 0;
            }
        }
    }
}
