package io.homeport.agent;

import io.homeport.posix.Linux;
import io.homeport.posix.Memory;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The agent's only thread, named {@code homeport@M}. The name tells the daemon (by /proc/PID/task/TID/comm) which thread must not be
 * frozen, and which fd is the end of the control pair that it may duplicate with pidfd_getfd(2).
 *
 * <pre>
 *   daemon ── duplicate of M ═══ C ── serve(), in C ── swap programs
 *                                        └── other requests ── Requests, in Java
 * </pre>
 *
 * <p>Both ends stay open in this JVM, so that a checkpoint without a daemon's duplicate sees a pair that is all inside, and so that the end
 * of a daemon is not the end of the pair.
 */
final class ControlThread implements Runnable {
    private static final String NAME_PREFIX = "homeport@";
    private static final long STACK_BYTES = 256 * 1024;
    private static final long NAMED_TIMEOUT_MS = 5_000;

    private final Requests requests;
    private final ByteBuffer buffer =
            Memory.map(ControlMessage.MAX_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final long address = Memory.address(buffer);
    private final CountDownLatch named = new CountDownLatch(1);
    private int control;
    private int peer;

    ControlThread(Requests requests) {
        this.requests = requests;
    }

    /** Makes the pair and starts the thread; returns when /proc shows its name, which it gives itself (JavaThread::thread_main_inner). */
    void start() throws PosixException, InterruptedException {
        int[] pair = new int[2];
        Posix.check(Posix.socketpair(Linux.AF_UNIX, Linux.SOCK_SEQPACKET | Linux.SOCK_CLOEXEC, pair), "socketpair");
        control = pair[0];
        peer = pair[1];
        Thread thread = new Thread(rootGroup(), this, NAME_PREFIX + peer, STACK_BYTES, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
        named.await(NAMED_TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void run() {
        named.countDown();
        try {
            int length;
            while ((length = serve(control, peer, address, buffer.capacity())) > 0) {
                answer(length);
            }
            System.err.println("homeport: the control pair was closed (" + length + "), this JVM can't be migrated any more");
        } catch (Throwable e) {
            System.err.println("homeport: the agent steps aside, this JVM can't be migrated any more: " + e);
        }
    }

    private void answer(int length) {
        buffer.clear().limit(length);
        int kind = Short.toUnsignedInt(buffer.getShort(6));
        byte[] payload = new byte[length - ControlMessage.HEADER_BYTES];
        buffer.get(ControlMessage.HEADER_BYTES, payload);
        try {
            reply(kind | ControlMessage.REPLY, requests.answer(kind, payload));
        } catch (Throwable e) {
            byte[] text = e.toString().getBytes(StandardCharsets.UTF_8);
            int errno = e instanceof PosixException posix ? posix.errno() : Requests.errno(e);
            ByteBuffer error = ByteBuffer.allocate(4 + text.length).order(ByteOrder.LITTLE_ENDIAN);
            reply(ControlMessage.ERROR, error.putInt(-errno).put(text).array());
        }
    }

    /** Header fields but kind and count are the request's, still in the buffer. */
    private void reply(int kind, byte[] payload) {
        int count = Math.min(payload.length, buffer.capacity() - ControlMessage.HEADER_BYTES);
        buffer.clear().putShort(6, (short) kind).putInt(12, count).put(ControlMessage.HEADER_BYTES, payload, 0, count);
        Posix.send(control, address, ControlMessage.HEADER_BYTES + count, 0);
    }

    /** Not the application's group: it may enumerate or interrupt its own. */
    private static ThreadGroup rootGroup() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }

    /** Receives and executes in C until there is a message for Java; its length, 0 when the pair is closed, or -errno. */
    private static native int serve(int control, int peer, long address, int length);
}
