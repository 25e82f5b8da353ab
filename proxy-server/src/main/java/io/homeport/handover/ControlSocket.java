package io.homeport.handover;

import io.homeport.agent.ControlMessage;
import io.homeport.posix.Errno;
import io.homeport.posix.Linux;
import io.homeport.posix.Memory;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * This daemon's duplicate of one control pair's end, and the thread that reads it.
 *
 * <pre>
 *   exchange(): one request at a time ─▶ socket ─▶ reader ─┬─ its sequence: the reply
 *                                                          ├─ sequence 0: a notice
 *                                                          └─ else: a reply nobody waits for any more, dropped
 * </pre>
 *
 * <p>The socket's flags belong to the process as well, so they are left alone: the reader waits by poll(2), on a pipe that ends it too.
 */
final class ControlSocket {
    private static final int FOR_EVER = -1;
    /** Where a message has it. */
    private static final int SEQUENCE = 8;

    private final int pid;
    private final int fd;
    private final int[] wake;
    private final Consumer<ByteBuffer> notices;
    private final ByteBuffer out = buffer();
    private final ByteBuffer in = buffer();
    private final Thread reader;

    /** By the requests' sequences. */
    private final Map<Integer, CompletableFuture<ByteBuffer>> expected = new ConcurrentHashMap<>();

    private volatile PosixException gone;

    private ControlSocket(int pid, int fd, int[] wake, Consumer<ByteBuffer> notices) {
        this.pid = pid;
        this.fd = fd;
        this.wake = wake;
        this.notices = notices;
        reader = new Thread(this::read, "agent-" + pid);
        reader.setDaemon(true);
        reader.start();
    }

    /** Duplicates the agent's end M out of the process. */
    static ControlSocket open(AgentThread agent, Consumer<ByteBuffer> notices) throws IOException {
        int pidfd = Posix.check(Posix.pidfdOpen(agent.pid()), "opening process " + agent.pid());
        int fd = Posix.pidfdGetfd(pidfd, agent.fd());
        Posix.close(pidfd);
        Posix.check(fd, "taking fd " + agent.fd() + " of process " + agent.pid());
        int[] wake = new int[2];
        try {
            boolean ours = Posix.getsockoptInt(fd, Linux.SOL_SOCKET, Linux.SO_DOMAIN) == Linux.AF_UNIX
                    && Posix.getsockoptInt(fd, Linux.SOL_SOCKET, Linux.SO_TYPE) == Linux.SOCK_SEQPACKET;
            if (!ours) {
                throw new AgentMissing(agent.pid());
            }
            Posix.check(Posix.pipe2(Linux.O_CLOEXEC, wake), "pipe");
        } catch (IOException e) {
            Posix.close(fd);
            throw e;
        }
        return new ControlSocket(agent.pid(), fd, wake, notices);
    }

    /** Sends a whole message: the reply, the whole message with the same sequence, is waited for by {@link #await}. */
    CompletableFuture<ByteBuffer> send(ByteBuffer request, int[] fds, Duration timeout) throws IOException {
        CompletableFuture<ByteBuffer> reply = new CompletableFuture<>();
        expected.put(request.order(ByteOrder.LITTLE_ENDIAN).getInt(SEQUENCE), reply);
        out.clear().put(request);
        if (Posix.poll(fd, Linux.POLLOUT, (int) timeout.toMillis()) == 0) {
            throw new IOException("the agent of process " + pid + " takes no message");
        }
        Posix.check(Posix.sendFds(fd, Memory.address(out), out.position(), fds, fds.length), "asking the agent of process " + pid);
        if (gone != null) {
            reply.completeExceptionally(gone);
        }
        return reply;
    }

    ByteBuffer await(CompletableFuture<ByteBuffer> reply, Duration timeout) throws IOException {
        try {
            return reply.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("the agent of process " + pid + " did not answer within " + timeout.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new IOException("the agent of process " + pid + " is gone", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the agent of process " + pid + " was asked", e);
        }
    }

    /** Ends the reader and closes this daemon's duplicate. */
    void close() {
        Posix.close(wake[1]);
        boolean interrupted = false;
        while (reader.isAlive() && Thread.currentThread() != reader) {
            try {
                reader.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Posix.close(wake[0]);
        Posix.close(fd);
    }

    private void read() {
        long address = Memory.address(in);
        while (true) {
            int ready = Posix.pollEither(fd, wake[0], Linux.POLLIN, FOR_EVER);
            if ((ready & 2) != 0 && ready > 0) {
                return;
            }
            long received = ready == -Errno.EINTR ? -Errno.EINTR : Posix.recv(fd, address, in.capacity(), Linux.MSG_DONTWAIT);
            if (received >= ControlMessage.HEADER_BYTES) {
                take((int) received);
            } else if (received != -Errno.EINTR && received != -Errno.EAGAIN) {
                int errno = received < 0 ? (int) -received : Errno.EPIPE;
                gone = new PosixException(errno, "reading from the agent");
                expected.values().forEach(reply -> reply.completeExceptionally(gone));
                return;
            }
        }
    }

    private void take(int length) {
        ByteBuffer message = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN).put(0, in, 0, length);
        boolean isNotice = (Short.toUnsignedInt(message.getShort(6)) & ControlMessage.REPLY) == 0;
        if (isNotice) {
            notices.accept(message); // its sequence is 0, which may also be a request's
            return;
        }
        CompletableFuture<ByteBuffer> reply = expected.remove(message.getInt(SEQUENCE));
        if (reply != null) {
            reply.complete(message);
        }
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocateDirect(ControlMessage.MAX_BYTES);
    }
}
