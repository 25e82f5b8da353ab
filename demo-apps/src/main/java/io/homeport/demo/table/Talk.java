package io.homeport.demo.table;

import io.homeport.demo.wire.Frame;
import java.util.SplittableRandom;

/** Random words: mostly a few hundred bytes, at times more than a socket's buffers hold. Used under its owner's lock. */
final class Talk {
    /** One speech in this many is long. */
    private static final int LONG_ONE_IN = 64;

    private static final int SHORT_BYTES = 4 * 1024;

    private final SplittableRandom random;

    Talk(SplittableRandom random) {
        this.random = random;
    }

    byte[] words() {
        int limit = random.nextInt(LONG_ONE_IN) == 0 ? Frame.MAX_PAYLOAD_BYTES : SHORT_BYTES;
        byte[] words = new byte[random.nextInt(limit)];
        random.nextBytes(words);
        return words;
    }
}
