package io.homeport.socket;

import io.homeport.posix.Errno;
import io.homeport.posix.Linux;
import io.homeport.posix.Memory;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Files that wait without a number in any process's table: in flight, in the queue of an AF_UNIX socket (unix(7), SCM_RIGHTS). RLIMIT_NOFILE
 * does not count them (more of them than it says ask for CAP_SYS_ADMIN: net/unix/scm.c, too_many_unix_fds), and whoever keeps the
 * one descriptor {@link #fd} keeps them all.
 *
 * <pre>
 *   put     250 descriptors ─► one message of one byte ─► queue; take: the same of another process
 *   look    a peek at each message: duplicates; the queue stays as it is (socket(7), MSG_PEEK and SO_PEEK_OFF). So may another process that
 *           has the queue
 *   close   when nobody has the queue any more, its files are closed
 * </pre>
 *
 * <p>A stream socket's queue has no limit of messages as a datagram socket's has (max_dgram_qlen), and a receiver that asks for one byte gets
 * the descriptors of one message (unix_stream_read_generic). One thread at a time.
 */
public final class Parking implements Closeable {
    /** Descriptors in one message; SCM_MAX_FD is 253 (include/net/scm.h). */
    public static final int BATCH = 250;
    /** socket(7), Linux 3.4. */
    private static final int SO_PEEK_OFF = 42;

    private static final int MSG_PEEK_NOW = Linux.MSG_PEEK | Linux.MSG_DONTWAIT;

    private final ByteBuffer mark = ByteBuffer.allocateDirect(1);
    private final int[] received = new int[BATCH + 4];
    /** How many files each message has; null until somebody asks, of one that an earlier process filled. */
    private List<Integer> batches;
    private int in;
    private int out;

    private Parking(List<Integer> batches, int in, int out) {
        this.batches = batches;
        this.in = in;
        this.out = out;
    }

    /** An empty one. */
    public static Parking open() throws PosixException {
        int[] pair = new int[2];
        Posix.check(Posix.socketpair(Linux.AF_UNIX, Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC | Linux.SOCK_NONBLOCK, pair), "socketpair");
        return new Parking(new ArrayList<>(), pair[0], pair[1]);
    }

    /** That of which an earlier process had this descriptor, full; it is this one's from here on. */
    public static Parking of(int fd) {
        return new Parking(null, -1, fd);
    }

    /** What is to be kept of it. */
    public int fd() {
        return out;
    }

    /** Parks duplicates of these files; the caller closes its own. */
    public void put(int[] fds) throws PosixException {
        for (int from = 0; from < fds.length; from += BATCH) {
            int[] batch = Arrays.copyOfRange(fds, from, Math.min(from + BATCH, fds.length));
            int sent = Posix.sendFds(in, Memory.address(mark), 1, batch, batch.length);
            Posix.check(sent, "parking " + batch.length + " descriptors");
            batches.add(batch.length);
        }
    }

    /** Parks files of another process, which have no number of this one's. @param pidfd refers to it @param numbers of its table */
    public void take(int pidfd, int[] numbers) throws PosixException {
        for (int from = 0; from < numbers.length; from += BATCH) {
            int[] batch = Arrays.copyOfRange(numbers, from, Math.min(from + BATCH, numbers.length));
            Posix.check(Posix.sendFdsOf(pidfd, in, batch, batch.length), "taking over fds " + batch[0] + " to " + batch[batch.length - 1]);
            batches.add(batch.length);
        }
    }

    /** How many files each of its messages has, in their order. */
    public List<Integer> batches() throws IOException {
        if (batches == null) {
            List<Integer> counted = new ArrayList<>();
            look(BATCH, (first, fds) -> counted.add(fds.length));
            batches = counted;
        }
        return List.copyOf(batches);
    }

    /** What is done with files while they have a number. */
    @FunctionalInterface
    public interface Look {
        /**
         * @param first how many were parked before these
         * @param fds duplicates, closed afterwards; who keeps one puts -1 in its place
         */
        void at(int first, int[] fds) throws IOException;
    }

    /** Looks at all files in the order in which they were parked, at some {@code atOnce} of them at a time. */
    public void look(int atOnce, Look look) throws IOException {
        byte[] start = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(0).array();
        Posix.check(Posix.setsockopt(out, Linux.SOL_SOCKET, SO_PEEK_OFF, start), "SO_PEEK_OFF");
        int first = 0;
        for (int[] fds = next(atOnce); fds.length > 0; fds = next(atOnce)) {
            int count = fds.length;
            try {
                look.at(first, fds);
            } finally {
                Arrays.stream(fds).filter(fd -> fd >= 0).forEach(Posix::close);
            }
            first += count;
        }
    }

    /** Those who keep it have the files still. */
    @Override
    public void close() {
        for (int fd : new int[] {in, out}) {
            if (fd >= 0) {
                Posix.close(fd);
            }
        }
        in = -1;
        out = -1;
    }

    private int[] next(int atOnce) throws PosixException {
        int[] fds = {};
        while (fds.length == 0 || fds.length + BATCH <= atOnce) {
            int length = Posix.recvFds(out, Memory.address(mark), 1, received, MSG_PEEK_NOW);
            if (length == -Errno.EAGAIN || length == 0) {
                return fds;
            }
            if (length < 0) {
                Arrays.stream(fds).forEach(Posix::close);
                throw new PosixException(-length, "looking at parked descriptors");
            }
            int before = fds.length;
            fds = Arrays.copyOf(fds, before + received[0]);
            System.arraycopy(received, 1, fds, before, received[0]);
        }
        return fds;
    }
}
