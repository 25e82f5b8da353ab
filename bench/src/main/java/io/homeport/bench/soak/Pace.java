package io.homeport.bench.soak;

import java.util.Random;

/** How a connection sends: so many words at once, then so long nothing. */
enum Pace {
    /** A few words every few milliseconds. */
    STEADY(1, 32, 2, 20),
    /** Some kilobytes, then a pause in which a whole move may happen. */
    BURSTS(64, 16 << 10, 20, 800),
    /** More than windows and buffers hold: 0.5 to 2 MB. */
    FULL_WINDOWS(64 << 10, 256 << 10, 1_000, 6_000),
    /** One word, then silence for several moves. */
    IDLE(1, 1, 2_000, 20_000);

    private final int leastWords;
    private final int mostWords;
    private final int leastPauseMs;
    private final int mostPauseMs;

    Pace(int leastWords, int mostWords, int leastPauseMs, int mostPauseMs) {
        this.leastWords = leastWords;
        this.mostWords = mostWords;
        this.leastPauseMs = leastPauseMs;
        this.mostPauseMs = mostPauseMs;
    }

    int words(Random random) {
        return leastWords + random.nextInt(mostWords - leastWords + 1);
    }

    int pauseMs(Random random) {
        return leastPauseMs + random.nextInt(mostPauseMs - leastPauseMs + 1);
    }
}
