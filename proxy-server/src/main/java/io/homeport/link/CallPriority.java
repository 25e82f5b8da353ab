package io.homeport.link;

/**
 * The priority of the request that the current thread is serving.
 *
 * <p>"A calls B, all of B's servers wait, one of them must call A": if requests of all depths shared the same servers, that
 * could wait for ever. So a request sent while serving one goes out one priority higher, and every priority has servers of
 * its own (ICS's rule). The thread that runs {@link RequestHandler#handle} carries the priority; work that a handler hands
 * to another thread carries it on with {@link #carry}.
 */
public final class CallPriority {
    /** Priorities 0 to this one are served; a chain of calls that is deeper is refused: nothing here needs it. */
    static final int HIGHEST = 7;

    private static final ThreadLocal<Integer> SERVING = new ThreadLocal<>();

    private CallPriority() {}

    /** Wraps {@code task} so that calls it makes count as made by the request that this thread is serving now, if any. */
    public static Runnable carry(Runnable task) {
        Integer serving = SERVING.get();
        return serving == null ? task : () -> serve(serving, task);
    }

    /** Priority for a call made by this thread now. */
    static int forNextCall() {
        Integer serving = SERVING.get();
        return serving == null ? 0 : serving + 1;
    }

    /** Runs {@code task} as one that serves a request of this priority. */
    static void serve(int priority, Runnable task) {
        Integer before = SERVING.get();
        SERVING.set(priority);
        try {
            task.run();
        } finally {
            if (before == null) {
                SERVING.remove();
            } else {
                SERVING.set(before);
            }
        }
    }
}
