package io.homeport.local;

/**
 * Answers one command. Any thread; nothing here blocks on a slow caller or fails if it has gone: the command goes on
 * either way. Exactly one of {@link #finished} and {@link #failed} ends it; what follows is ignored.
 */
public interface Reply {
    /**
     * Says where the command stands; a caller that reads too slowly misses some.
     *
     * @param step name of the step
     * @param text one line about it
     * @param bytesDone of this step; 0 where bytes mean nothing
     * @param bytesTotal of how many; 0 if unknown
     */
    void progress(String step, String text, long bytesDone, long bytesTotal);

    /** Ends the command with its result, one JSON object of {@code io.homeport.report}. */
    void finished(String json);

    /** Ends the command. @param text one line: what failed and what to do */
    void failed(Failure kind, String text);

    /** Ends the command: it was tried and failed. */
    default void failed(String text) {
        failed(Failure.FAILED, text);
    }
}
