package io.homeport.stream;

/**
 * Limits of streams.
 *
 * @param windowBytes credit: what one direction of a stream may have on its way to a receiver that does not read. Enough for 1 GB/s at 1 ms
 * @param journalLimitBytes what one direction of a stream may have in the journal while its other end is on the road; then TCP's own
 *     back-pressure stops the sender
 * @param journalTotalBytes what all streams together may have there before those on the road are not read any more: the journal is memory
 * @param ackEveryBytes an acknowledgement is sent at once when so much is new, else within {@code ackDelayMs}
 * @param ackDelayMs longest delay of an acknowledgement: it only frees journal and credit
 * @param acceptAhead connections that a listener's deputy accepts before their stubs have attached
 * @param orphanCheckMs how often half-closed streams are looked at: has the application closed altogether?
 * @param attachRetryMs after a deputy said that it is not open yet
 * @param linkLossTimeoutMs a stream whose ends do not meet for so long is reset at both: a minute outlasts the reboot of a switch
 * @param streams ends that a node has at the same time, deputies and stubs together: each has a socket and some KB
 */
public record StreamLimits(
        int windowBytes,
        int journalLimitBytes,
        long journalTotalBytes,
        int ackEveryBytes,
        int ackDelayMs,
        int acceptAhead,
        int orphanCheckMs,
        int attachRetryMs,
        int linkLossTimeoutMs,
        int streams) {
    private static final int USUAL_LINK_LOSS_TIMEOUT_MS = 60_000;
    private static final int USUAL_STREAMS = 12_000;

    public static final StreamLimits DEFAULT = new StreamLimits(1 << 20, 8 << 20, 1L << 30, 256 << 10, 10, 256, 1_000, 50);

    /** Limits with the usual time-out for lost links and the usual number of streams. */
    public StreamLimits(
            int windowBytes, int journalLimitBytes, long journalTotalBytes, int ackEveryBytes, int ackDelayMs, int acceptAhead,
            int orphanCheckMs, int attachRetryMs) {
        this(windowBytes, journalLimitBytes, journalTotalBytes, ackEveryBytes, ackDelayMs, acceptAhead, orphanCheckMs, attachRetryMs,
                USUAL_LINK_LOSS_TIMEOUT_MS, USUAL_STREAMS);
    }

    public StreamLimits {
        if (windowBytes <= 0 || journalLimitBytes <= 0 || acceptAhead <= 0 || ackDelayMs <= 0 || orphanCheckMs <= 0 || attachRetryMs <= 0
                || linkLossTimeoutMs <= 0 || streams <= 0) {
            throw new IllegalArgumentException("stream limits must be positive");
        }
        if (journalTotalBytes < journalLimitBytes) {
            throw new IllegalArgumentException("journalTotalBytes must be at least journalLimitBytes");
        }
        if (ackEveryBytes > windowBytes / 2) {
            throw new IllegalArgumentException("ackEveryBytes must be at most half of windowBytes, or the sender waits for credit");
        }
    }
}
