package io.homeport.socket;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import java.nio.ByteBuffer;
import org.agrona.BufferUtil;

/**
 * The bytes that a shadow pair holds on their way to the application, copied without taking them.
 *
 * <pre>
 *   written by us:     0 ─────────────────────────────────────────────── W
 *   D's send queue:                         │◄── sent, not acked ──┼── not sent ──►│   ends at W
 *   A's receive queue:        │◄──── unread ────►│                                   ends at A's bytes received
 *                             ▲ consumed                     the two may overlap: acknowledgements may be late
 * </pre>
 *
 * <p>Exact only while the application is frozen and nobody writes into D. Any thread.
 */
public final class TcpQueues {
    private static final int STATE = 0;
    private static final int BYTES_RECEIVED = 3;
    /** Room beside SIOCOUTQ: the kernel copies whole segments, of which the head may have been acknowledged (tcp_peek_sndq). */
    private static final int SEGMENT_BYTES = 1 << 17;

    private static final int EBUSY = 16;
    private static final int EBADE = 52;
    private static final byte[] NOTHING = {};

    private TcpQueues() {}

    /**
     * The bytes that the application has not read.
     *
     * @param applicationFd A, its end
     * @param daemonFd D, ours
     * @param written number of bytes ever written into D
     * @return bytes [{@code written - length}, {@code written}); none if A is closed
     */
    public static byte[] unread(int applicationFd, int daemonFd, long written) throws PosixException {
        byte[] all = arrived(applicationFd, written);
        if (all != null) {
            return all;
        }
        long received;
        byte[] arrived;
        byte[] queued;
        do {
            // What was in D's queue may still be arriving: all must belong to one moment.
            received = bytesReceived(applicationFd, written);
            arrived = received(applicationFd);
            queued = received == written ? NOTHING : peekSent(daemonFd);
        } while (bytesReceived(applicationFd, written) != received);
        long queueStart = written - queued.length;
        if (queueStart > received) {
            throw new PosixException(EBADE, "bytes " + received + " to " + queueStart + " are in neither queue");
        }
        int skip = (int) (received - queueStart);
        byte[] unread = new byte[arrived.length + queued.length - skip];
        System.arraycopy(arrived, 0, unread, 0, arrived.length);
        System.arraycopy(queued, skip, unread, arrived.length, queued.length - skip);
        return unread;
    }

    /** The same told from A alone: null if not all that was written has arrived there. */
    public static byte[] arrived(int applicationFd, long written) throws PosixException {
        long[] info = Sockets.info(applicationFd);
        if (info[STATE] == Linux.TCP_CLOSE) {
            return NOTHING;
        }
        return info[BYTES_RECEIVED] >= written ? received(applicationFd) : null;
    }

    /**
     * Copies the whole receive queue of a socket. With SO_OOBINLINE an urgent byte keeps its place and SIOCINQ counts what is behind it; but a
     * peek ends at the urgent mark (tcp_recvmsg_locked): bytes before a mark and behind it cannot both be had, which is an error, not a loss.
     */
    public static byte[] received(int fd) throws PosixException {
        if (Sockets.unread(fd) <= 0 && Posix.ioctlInt(fd, Linux.SIOCATMARK) <= 0) {
            return NOTHING; // most of thousands
        }
        boolean inline = Posix.getsockoptInt(fd, Linux.SOL_SOCKET, Linux.SO_OOBINLINE) > 0;
        Posix.setsockoptInt(fd, Linux.SOL_SOCKET, Linux.SO_OOBINLINE, 1);
        try {
            int queued = Math.max(0, Sockets.unread(fd));
            if (queued == 0) {
                return NOTHING;
            }
            ByteBuffer room = ByteBuffer.allocateDirect(queued);
            long length = Posix.recv(fd, BufferUtil.address(room), room.capacity(), Linux.MSG_PEEK | Linux.MSG_DONTWAIT);
            byte[] bytes = new byte[(int) Math.max(0, length)];
            room.get(bytes);
            if (bytes.length < queued) {
                throw new PosixException(EBUSY, "the application has not read urgent data yet; try again when it has");
            }
            return bytes;
        } finally {
            Posix.setsockoptInt(fd, Linux.SOL_SOCKET, Linux.SO_OOBINLINE, inline ? 1 : 0);
        }
    }

    /** Bytes that have ever arrived at A. The kernel counts a FIN as one (tcp_rcv_nxt_update): past our last one there is none. */
    private static long bytesReceived(int fd, long written) throws PosixException {
        return Math.min(Sockets.info(fd)[BYTES_RECEIVED], written);
    }

    private static byte[] peekSent(int fd) throws PosixException {
        int queued = Posix.check(Sockets.unacknowledged(fd), "SIOCOUTQ");
        if (queued == 0) {
            return NOTHING;
        }
        ByteBuffer room = ByteBuffer.allocateDirect(queued + SEGMENT_BYTES);
        long length = Posix.check(Posix.peekSendQueue(fd, BufferUtil.address(room), room.capacity()), "peek at the send queue");
        byte[] bytes = new byte[(int) length];
        room.get(bytes);
        return bytes;
    }
}
