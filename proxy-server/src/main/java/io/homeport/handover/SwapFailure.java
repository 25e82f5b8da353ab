package io.homeport.handover;

import io.homeport.posix.Errno;
import java.io.IOException;

/** An operation of a swap program failed; those before it were done, those after it were not. */
public final class SwapFailure extends IOException {
    private final transient int[] results;

    SwapFailure(int pid, String operation, int[] results) {
        super("swap in process " + pid + ": " + operation + ": " + Errno.name(-firstError(results)) + " (" + Errno.text(-firstError(results)) + ")");
        this.results = results;
    }

    /** Every operation's result: {@code >= 0}, then one -errno, then -ECANCELED. */
    public int[] results() {
        return results.clone();
    }

    private static int firstError(int[] results) {
        for (int result : results) {
            if (result < 0) {
                return result;
            }
        }
        return 0;
    }
}
