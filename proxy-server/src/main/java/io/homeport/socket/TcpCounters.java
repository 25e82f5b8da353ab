package io.homeport.socket;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;

/**
 * How many bytes have gone through a TCP socket's descriptor since it was made, as the kernel counts. Differences between two answers are
 * exact, however the process that read or wrote came to its end. Stateless; any thread.
 *
 * <pre>
 *   taken  = tcpi_bytes_received − SIOCINQ      a FIN that has come counts as a byte received (tcp_rcv_nxt_update), and is not in SIOCINQ
 *   given  = tcpi_bytes_acked    + SIOCOUTQ     a FIN that was sent counts in both; so does the SYN of whoever connected (tcp_ack)
 * </pre>
 *
 * <p>SIOCINQ ends at an urgent mark unless SO_OOBINLINE is set (tcp_inq): set it before.
 */
public final class TcpCounters {
    private static final int INFO_FIELDS = 8;
    private static final int BYTES_RECEIVED = 3;
    private static final int BYTES_ACKED = 4;
    private static final int TCP_SYN_RECV = 3;
    private static final int TCP_TIME_WAIT = 6;
    private static final int TCP_CLOSING = 11;

    private TcpCounters() {}

    /**
     * Bytes read from the socket.
     *
     * @param endSeen whether a reader has met the end of file: a closed socket does not tell whether a FIN had come
     */
    public static long taken(int fd, boolean endSeen) throws PosixException {
        long[] info = new long[INFO_FIELDS];
        int unread = queuedAtOneMoment(fd, info, BYTES_RECEIVED, Linux.SIOCINQ, "SIOCINQ");
        boolean fin = switch ((int) info[0]) {
            case Linux.TCP_CLOSE_WAIT, Linux.TCP_LAST_ACK, TCP_CLOSING, TCP_TIME_WAIT -> true;
            case Linux.TCP_CLOSE -> endSeen;
            default -> false;
        };
        return info[BYTES_RECEIVED] - unread - (fin ? 1 : 0);
    }

    /**
     * Bytes written into the socket.
     *
     * @param endSent whether a writer has shut it down: a closed socket does not tell
     */
    public static long given(int fd, boolean endSent) throws PosixException {
        long[] info = new long[INFO_FIELDS];
        int queued = queuedAtOneMoment(fd, info, BYTES_ACKED, Linux.SIOCOUTQ, "SIOCOUTQ");
        int state = (int) info[0];
        if (state == Linux.TCP_SYN_SENT || state == TCP_SYN_RECV) {
            return 1; // the SYN, which is about to be acknowledged
        }
        boolean fin = switch (state) {
            case Linux.TCP_FIN_WAIT1, Linux.TCP_FIN_WAIT2, Linux.TCP_LAST_ACK, TCP_CLOSING, TCP_TIME_WAIT -> true;
            case Linux.TCP_CLOSE -> endSent;
            default -> false;
        };
        return info[BYTES_ACKED] + queued - (fin ? 1 : 0);
    }

    /** Fills {@code info}; returns what the queue held when its counter stood there: the peer goes on meanwhile. */
    private static int queuedAtOneMoment(int fd, long[] info, int counter, int queue, String name) throws PosixException {
        int queued;
        long before;
        do {
            before = info(fd, info)[counter];
            queued = Posix.check(Posix.ioctlInt(fd, queue), name);
        } while (info(fd, info)[counter] != before);
        return queued;
    }

    private static long[] info(int fd, long[] info) throws PosixException {
        Posix.check(Posix.tcpInfo(fd, info), "TCP_INFO");
        return info;
    }
}
