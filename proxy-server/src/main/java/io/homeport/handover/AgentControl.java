package io.homeport.handover;

import io.homeport.agent.ControlMessage;
import io.homeport.posix.Errno;
import io.homeport.posix.Linux;
import io.homeport.posix.Memory;
import io.homeport.posix.Posix;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import io.homeport.process.ProcessStatus;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/**
 * The daemon's talk with the agent inside one JVM.
 *
 * <pre>
 *   daemon: request ─▶ duplicate of M ═══ C ─▶ agent's thread ─▶ reply; notices come the same way at any time
 * </pre>
 *
 * <p>Opened, called and closed by one thread at a time (a migration's); notices arrive on a thread of their own. One daemon, one
 * AgentControl per JVM: two would take each other's replies.
 */
public final class AgentControl implements Closeable {
    /** A program takes microseconds per operation; this long only if the JVM is stopped or its machine stalls. */
    private static final Duration RUN_TIMEOUT = Duration.ofSeconds(10);

    /** ByteBuddy's start takes 0.6 to 1.7 s on an idle machine (facts, section B). */
    private static final Duration INSTRUMENT_TIMEOUT = Duration.ofSeconds(60);

    /** A full collection of 100 GB of live objects takes some 20 s. */
    private static final Duration TRIM_TIMEOUT = Duration.ofSeconds(60);

    /** Descriptors that are asked about at once, of which the answer fits into a message; and so many such questions are put ahead. */
    private static final int SLOTS_AT_ONCE = 2048;

    private static final int RANGES_AHEAD = 4;

    private final AgentThread thread;
    private volatile NoticeListener listener = (fd, lost) -> {};
    private ControlSocket socket;
    private boolean closed;
    private int sequence = (int) System.nanoTime();

    private AgentControl(AgentThread thread) {
        this.thread = thread;
    }

    /** Told about socket options that the application has set; called on the control socket's thread, must not block. */
    @FunctionalInterface
    public interface NoticeListener {
        /** {@code fd} as numbered in the process; {@code lost}: earlier notices are missing, so look at every socket. */
        void optionChanged(int fd, boolean lost);
    }

    /** Finds the agent in a process; AgentMissing if there is none, so that {@link LateAttach} may help. */
    public static AgentControl open(int pid) throws IOException {
        return new AgentControl(AgentThread.find(pid));
    }

    /** The process, as numbered in this daemon's PID namespace. */
    public int pid() {
        return thread.pid();
    }

    /** The agent's thread, which must not be frozen while it shall work. */
    public int tid() {
        return thread.tid();
    }

    /** The number, in the process, of the control pair's end that this daemon duplicates: no dummy belongs there. */
    public int controlFd() {
        return thread.fd();
    }

    /** Replaces the listener; notices that came before are lost. */
    public void onNotice(NoticeListener listener) {
        this.listener = listener;
    }

    /**
     * Runs a program and answers each operation's result. A failed operation ends it: SwapFailure says which, and what was done until then
     * stands. After a time-out it is not known how far it came.
     */
    public int[] run(SwapProgram program) throws IOException {
        return begin(program).await();
    }

    /** Begins to run it, behind those that were begun before: the next may be made meanwhile. The descriptors that it sends are on their way. */
    Running begin(SwapProgram program) throws IOException {
        ByteBuffer request = request(ControlMessage.PROGRAM, program.size(), program.size() * SwapProgram.OPERATION_BYTES);
        program.encode(request);
        return new Running(program, send(request, program.sentFds(), RUN_TIMEOUT));
    }

    /** A program that the agent runs. */
    final class Running {
        private final SwapProgram program;
        private final CompletableFuture<ByteBuffer> reply;

        private Running(SwapProgram program, CompletableFuture<ByteBuffer> reply) {
            this.program = program;
            this.reply = reply;
        }

        /** As {@link #run}. */
        int[] await() throws IOException {
            ByteBuffer answer = answer(reply, RUN_TIMEOUT);
            int[] results = new int[program.size()];
            if (answer.limit() != ControlMessage.HEADER_BYTES + results.length * SwapProgram.OPERATION_BYTES) {
                throw new IOException("the agent of process " + pid() + " answered a program of another length");
            }
            for (int i = 0; i < results.length; i++) {
                results[i] = answer.getInt(ControlMessage.HEADER_BYTES + i * SwapProgram.OPERATION_BYTES + SwapProgram.RESULT_OFFSET);
            }
            for (int i = 0; i < results.length; i++) {
                if (results[i] < 0) {
                    throw new SwapFailure(pid(), program.describe(i), results);
                }
            }
            return results;
        }
    }

    /**
     * What the process has open, in the order of the numbers: as {@link FdTable#read}, in a tenth of the time.
     *
     * @param known what is known of a number already, null if nothing is: as it is still, it is answered
     */
    public List<OpenFile> openFiles(IntFunction<OpenFile> known) throws IOException {
        List<OpenFile> files = new ArrayList<>();
        Deque<CompletableFuture<ByteBuffer>> underWay = new ArrayDeque<>();
        int slots = ProcessStatus.read(pid()).descriptorSlots();
        for (int from = 0; from < slots || !underWay.isEmpty(); from += SLOTS_AT_ONCE) {
            if (from < slots) {
                ByteBuffer range = request(ControlMessage.DESCRIPTORS, 2 * Integer.BYTES, 2 * Integer.BYTES);
                underWay.add(send(range.putInt(from).putInt(Math.min(from + SLOTS_AT_ONCE, slots)), new int[0], RUN_TIMEOUT));
            }
            if (from >= slots || underWay.size() > RANGES_AHEAD) {
                addTo(files, answer(underWay.remove(), RUN_TIMEOUT).position(ControlMessage.HEADER_BYTES), known);
            }
        }
        return files;
    }

    private void addTo(List<OpenFile> files, ByteBuffer entries, IntFunction<OpenFile> known) throws IOException {
        while (entries.hasRemaining()) {
            int fd = entries.getInt();
            int flags = entries.getInt();
            boolean socket = (entries.getInt() & Linux.S_IFMT) == Linux.S_IFSOCK;
            long inode = entries.position(entries.position() + Integer.BYTES).getLong();
            OpenFile before = socket ? known.apply(fd) : null;
            if (before != null && before.flags() == flags && before.isSocket(inode)) {
                files.add(before);
            } else {
                files.add(socket ? OpenFile.socket(fd, inode, flags) : FdTable.read(pid(), fd, flags));
            }
        }
    }

    /** Sends a request of another kind ({@link ControlMessage}) and answers the reply's payload. */
    public byte[] call(int kind, byte[] payload, Duration timeout) throws IOException {
        ByteBuffer reply = answer(send(request(kind, payload.length, payload.length).put(payload), new int[0], timeout), timeout);
        byte[] answer = new byte[reply.limit() - ControlMessage.HEADER_BYTES];
        reply.get(ControlMessage.HEADER_BYTES, answer);
        return answer;
    }

    /** java.version, java.vm.version, java.home, sun.java.command, homeport.name, user.name, pid (its own view) and so on. */
    public Map<String, String> describe() throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(call(ControlMessage.DESCRIBE, new byte[0], RUN_TIMEOUT)));
        for (int count = in.readUnsignedShort(); count > 0; count--) {
            facts.put(in.readUTF(), in.readUTF());
        }
        return facts;
    }

    /** Has the advice woven in, if it is not yet: notices come from then on. Takes about a second the first time. */
    public void instrument() throws IOException {
        call(ControlMessage.INSTRUMENT, new byte[0], INSTRUMENT_TIMEOUT);
    }

    /** What is resident of a process, before and after its heap was trimmed. */
    public record Trimmed(long bytesBefore, long bytesAfter) {}

    /** Has the JVM give back heap that holds no object, if there is enough of it. Takes up to seconds while the application runs. */
    public Trimmed trimHeap() throws IOException {
        ByteBuffer reply = ByteBuffer.wrap(call(ControlMessage.TRIM_HEAP, new byte[0], TRIM_TIMEOUT)).order(ByteOrder.LITTLE_ENDIAN);
        return new Trimmed(reply.getLong(), reply.getLong());
    }

    /**
     * Has the JVM make a userfaultfd(2) of its memory. An agent that came before there was this operation answers EBADMSG.
     *
     * @return a descriptor of this daemon, which the caller closes; no other is left
     */
    public int userfaultfd() throws IOException {
        int[] pair = new int[2];
        Posix.check(Posix.socketpair(Linux.AF_UNIX, Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC, 0, pair), "socketpair");
        try {
            SwapProgram program = new SwapProgram();
            program.userfaultfd(program.send(pair[1]));
            run(program);
            int[] received = new int[2];
            ByteBuffer aByte = ByteBuffer.allocateDirect(1);
            Posix.check(Posix.recvFds(pair[0], Memory.address(aByte), aByte.capacity(), received), "taking a userfaultfd of process " + pid());
            return received[1];
        } finally {
            Posix.close(pair[0]);
            Posix.close(pair[1]);
        }
    }

    /**
     * Closes this daemon's duplicate until the next call, so that CRIU sees a socket pair that is wholly inside the process.
     */
    public synchronized void quiet() {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }

    /** Closes this daemon's duplicate; the agent goes on waiting. */
    @Override
    public synchronized void close() {
        closed = true;
        quiet();
    }

    private synchronized CompletableFuture<ByteBuffer> send(ByteBuffer request, int[] fds, Duration timeout) throws IOException {
        if (closed) {
            throw new IOException("the control of process " + pid() + " is closed");
        }
        if (socket == null) {
            socket = ControlSocket.open(thread, this::notice);
        }
        return socket.send(request.flip(), fds, timeout);
    }

    private synchronized ByteBuffer answer(CompletableFuture<ByteBuffer> expected, Duration timeout) throws IOException {
        if (socket == null) {
            throw new IOException("the control of process " + pid() + " is closed");
        }
        ByteBuffer reply = socket.await(expected, timeout);
        int kind = Short.toUnsignedInt(reply.getShort(6));
        if (kind == ControlMessage.ERROR) {
            byte[] text = new byte[reply.limit() - ControlMessage.HEADER_BYTES - 4];
            reply.get(ControlMessage.HEADER_BYTES + 4, text);
            String errno = Errno.name(-reply.getInt(ControlMessage.HEADER_BYTES));
            throw new IOException("the agent of process " + pid() + " answered " + errno + " " + new String(text, StandardCharsets.UTF_8));
        }
        return reply;
    }

    private void notice(ByteBuffer message) {
        int kind = Short.toUnsignedInt(message.getShort(6));
        if (kind == ControlMessage.OPTION_CHANGED && message.limit() >= ControlMessage.HEADER_BYTES + 8) {
            int fd = message.getInt(ControlMessage.HEADER_BYTES);
            listener.optionChanged(fd, message.getInt(ControlMessage.HEADER_BYTES + 4) != 0);
        }
    }

    private ByteBuffer request(int kind, int count, int bodyBytes) {
        return ByteBuffer.allocate(ControlMessage.HEADER_BYTES + bodyBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(ControlMessage.MAGIC)
                .putShort(ControlMessage.VERSION)
                .putShort((short) kind)
                .putInt(++sequence)
                .putInt(count);
    }
}
