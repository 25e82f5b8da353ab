package io.homeport.handover;

import io.homeport.agent.ControlMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A list of small operations on a process's descriptors that its agent executes in native code, one after the other,
 * stopping at the first that fails.
 *
 * <p>An operand that is a descriptor is either a number of the process or a {@link Register} that an earlier operation
 * filled; descriptors sent along stand in the first registers.
 *
 * <pre>
 *   message = header | operation ...            little endian
 *   header  = magic u32 | version u16 | kind u16 | sequence u32 | operations u32
 *   operation = code u32 | a i32 | b i32 | c i32 | data u64 | result i32 | 0 u32
 * </pre>
 *
 * <p>Built and sent by one thread. The agent's side is agent/src/main/c.
 */
public final class SwapProgram {
    /** Descriptors sent along; SCM_MAX_FD of the kernel is 253 (include/net/scm.h). */
    public static final int MAX_SENT_FDS = 250;
    /** 32 bytes each: stays below the default send buffer of an AF_UNIX socket (212,992 bytes). */
    public static final int MAX_OPERATIONS = ControlMessage.MAX_OPERATIONS;

    static final int OPERATION_BYTES = ControlMessage.OPERATION_BYTES;
    static final int RESULT_OFFSET = 24;
    private static final int REGISTERS = 1024;
    /** Above what is sent along: some descriptors, or a queue and the files in one message of it. */
    private static final int FIRST_REGISTER = 256;

    private enum Code {
        NOP,
        SOCKETPAIR,
        PIPE,
        DUP,
        CLOSE,
        EPOLL_DEL,
        EPOLL_ADD,
        SETFL,
        FCNTL_DUP,
        SETSOCKOPT_INT,
        USERFAULTFD,
        GIVE_ROOM,
        TAKE_ROOM,
        PEEK,
        MOVE
    }

    /** A place in the agent that holds a descriptor while the program runs. */
    public record Register(int index) {
        private int operand() {
            return -1 - index;
        }

        /** The one that is so many behind it. */
        Register plus(int more) {
            return new Register(index + more);
        }
    }

    private static final int FIRST_OPERATIONS = 16;

    /** As they travel: thousands are made while a process stands still. */
    private ByteBuffer operations = room(FIRST_OPERATIONS);

    private final List<Integer> sentFds = new ArrayList<>();
    private int nextRegister = FIRST_REGISTER;
    /** Files that are sent along out of a queue. */
    private int peeked;

    /**
     * Sends one of this daemon's descriptors along; the register holds its duplicate in the process, which the agent closes at the program's
     * end, however that comes, unless the program did.
     */
    public Register send(int daemonFd) {
        if (sentFds.size() == MAX_SENT_FDS || peeked > 0) {
            throw new IllegalStateException("more than " + MAX_SENT_FDS + " descriptors in one swap program");
        }
        sentFds.add(daemonFd);
        return new Register(sentFds.size() - 1);
    }

    /**
     * Has the files sent along that a message of a queue has ({@link io.homeport.socket.Parking}): the agent takes them out of it, and their
     * descriptors never become this daemon's. Nothing can be sent besides, but the queue before.
     *
     * @param count how many they are
     * @param above the queue gets a number above this one, so that the free ones below are the files', in their order
     * @return the first one's register; the others' follow
     */
    public Register peek(Register queue, int message, int count, int above) {
        add(Code.PEEK, queue.operand(), message, above + 1, 0);
        Register first = new Register(sentFds.size());
        peeked = count;
        return first;
    }

    /**
     * Makes an AF_UNIX pair of that type, close-on-exec; the result is the number of {@code other}.
     */
    public void socketpair(int type, Register one, Register other) {
        add(Code.SOCKETPAIR, type, one.operand(), other.operand(), 0);
    }

    /** Makes a pipe, close-on-exec; the result is the number of {@code write}. */
    public void pipe(final Register read, final Register write) {
        add(Code.PIPE, 0, read.operand(), write.operand(), 0);
    }

    /** Does nothing; the result is the number that the register holds. */
    public void number(final Register register) {
        add(Code.NOP, register.operand(), 0, 0, 0);
    }

    /** fcntl(2) F_DUPFD_CLOEXEC: another duplicate, at the lowest free number from {@code lowest} on, which is the result. */
    public void duplicate(final Register from, final Register to, final int lowest) {
        add(Code.FCNTL_DUP, from.operand(), to.operand(), lowest, 0);
    }

    /** setsockopt(2) with an int. */
    public void setOption(final Register register, final int level, final int name, final int value) {
        add(Code.SETSOCKOPT_INT, register.operand(), level, name, value);
    }

    /** userfaultfd(2): makes one of the process's memory and sends it, with a byte, by the socket; the process keeps none. */
    public void userfaultfd(final Register socket) {
        add(Code.USERFAULTFD, socket.operand(), 0, 0, 0);
    }

    /**
     * dup3(2): puts what the register holds under a number of the process, in place of what was there; what was sent along and happens to be there
     * gets another.
     */
    public void dup(Register from, int toFd, boolean closeOnExec) {
        add(Code.DUP, from.operand(), toFd, closeOnExec ? 1 : 0, 0);
    }

    /** The same of a file that the process has under {@code fromFd}, close-on-exec. */
    public void dup(int fromFd, int toFd) {
        add(Code.DUP, fromFd, toFd, 1, 0);
    }

    /**
     * As {@link #dup} of a file that was sent along, whose register is empty afterwards. It costs next to nothing if that is its number already: so
     * it is where free numbers are filled in their order.
     */
    public void move(Register from, int toFd, boolean closeOnExec) {
        add(Code.MOVE, from.operand(), toFd, closeOnExec ? 1 : 0, 0);
    }

    /**
     * Frees the low numbers that the agent keeps for code that others run in the process.
     *
     * @param fd an end of the control pair; the result is the highest of them, {@link Integer#MAX_VALUE} if there are not enough
     */
    public void giveRoom(int fd) {
        add(Code.GIVE_ROOM, fd, 0, 0, 0);
    }

    /** Takes such numbers again, the lowest that are free. */
    public void takeRoom(int fd) {
        add(Code.TAKE_ROOM, fd, 0, 0, 0);
    }

    public void close(Register register) {
        add(Code.CLOSE, register.operand(), 0, 0, 0);
    }

    public void close(int fd) {
        add(Code.CLOSE, fd, 0, 0, 0);
    }

    /** epoll_ctl(2) EPOLL_CTL_DEL. */
    public void epollDelete(int epollFd, int fd) {
        add(Code.EPOLL_DEL, epollFd, fd, 0, 0);
    }

    /** epoll_ctl(2) EPOLL_CTL_ADD. */
    public void epollAdd(int epollFd, int fd, int events, long data) {
        add(Code.EPOLL_ADD, epollFd, fd, events, data);
    }

    /** The same in a set that was sent along. */
    void epollAdd(Register set, int fd, int events, long data) {
        add(Code.EPOLL_ADD, set.operand(), fd, events, data);
    }

    /** fcntl(2) F_SETFL. */
    public void setFlags(Register register, int flags) {
        add(Code.SETFL, register.operand(), 0, flags, 0);
    }

    /** A register that no descriptor and no operation uses yet. */
    public Register register() {
        if (nextRegister == REGISTERS) {
            throw new IllegalStateException("more than " + REGISTERS + " registers in one swap program");
        }
        return new Register(nextRegister++);
    }

    /** The number of operations so far; the index of the next one's result. */
    public int size() {
        return operations.position() / OPERATION_BYTES;
    }

    public boolean isEmpty() {
        return size() == 0;
    }

    /** Whether it is time for the next: a file with its registrations takes some ten operations, and may take hundreds. */
    boolean isFull() {
        return size() > MAX_OPERATIONS / 2 || sentFds.size() == MAX_SENT_FDS;
    }

    int[] sentFds() {
        return sentFds.stream().mapToInt(Integer::intValue).toArray();
    }

    /** What operation {@code index} does, for an error message. */
    String describe(int index) {
        int at = index * OPERATION_BYTES;
        return Code.values()[operations.getInt(at)] + " " + operations.getInt(at + 4) + " " + operations.getInt(at + 8) + " " + operations.getInt(at + 12)
                + " " + operations.getLong(at + 16);
    }

    /** Writes the operations, without the header. */
    void encode(ByteBuffer out) {
        out.put(operations.duplicate().flip());
    }

    private void add(Code code, int a, int b, int c, long data) {
        if (size() == MAX_OPERATIONS) {
            throw new IllegalStateException("more than " + MAX_OPERATIONS + " operations in one swap program");
        }
        if (!operations.hasRemaining()) {
            operations = room(4 * size()).put(operations.flip());
        }
        operations.putInt(code.ordinal()).putInt(a).putInt(b).putInt(c).putLong(data).putLong(0);
    }

    private static ByteBuffer room(int operations) {
        return ByteBuffer.allocate(operations * OPERATION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
}
