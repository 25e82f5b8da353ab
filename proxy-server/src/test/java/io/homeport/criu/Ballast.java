package io.homeport.criu;

import java.io.IOException;

/** Memory of which every word is known, and unrest in it: garbage, collections, forks. */
final class Ballast {
    private static final int WORDS = 1 << 17;
    private static final int GARBAGE_BYTES = 20_000;
    private static final int ROUND = 10;

    private final long[][] blocks;

    /** @param megabytes of it, each a block */
    Ballast(int megabytes) {
        blocks = new long[megabytes][WORDS];
        for (int block = 0; block < blocks.length; block++) {
            for (int i = 0; i < WORDS; i++) {
                blocks[block][i] = word(block, i);
            }
        }
    }

    boolean isWhole() {
        for (int block = 0; block < blocks.length; block++) {
            for (int i = 0; i < WORDS; i++) {
                if (blocks[block][i] != word(block, i)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Moves the memory about, lets it be looked at by children, and looks itself. @return whether it is whole */
    boolean churn() throws IOException, InterruptedException {
        byte[][] garbage = new byte[ROUND][];
        for (int round = 0; round < ROUND; round++) {
            garbage[round] = new byte[GARBAGE_BYTES];
            if (new ProcessBuilder("/bin/true").start().waitFor() != 0) {
                return false;
            }
        }
        System.gc();
        return isWhole();
    }

    private static long word(int block, int i) {
        return (block * (long) WORDS + i) * 0x9E3779B97F4A7C15L;
    }
}
