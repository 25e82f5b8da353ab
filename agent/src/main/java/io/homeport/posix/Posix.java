package io.homeport.posix;

/**
 * The system calls that neither the JDK nor Netty has. Every method answers {@code >= 0} or {@code -errno} and never throws; none blocks
 * unless its fd is in blocking mode or it says so. {@code address} is the address of direct memory. Whoever gets an fd closes it.
 * Callable from any thread. Sources: man 2 of the same name.
 */
public final class Posix {
    static {
        NativeLibrary.load();
    }

    private Posix() {}

    /** Returns {@code result}, or throws the {@link PosixException} that a negative one stands for; {@code what} names the attempt. */
    public static long check(long result, String what) throws PosixException {
        if (result < 0) {
            throw new PosixException((int) -result, what);
        }
        return result;
    }

    /** {@link #check(long, String)} for fds and other small answers. */
    public static int check(int result, String what) throws PosixException {
        return (int) check((long) result, what);
    }

    /** Bytes received; 0 is end of file (or a length of 0). */
    public static native long recv(int fd, long address, int length, int flags);

    /** Bytes sent; MSG_NOSIGNAL is always added. */
    public static native long send(int fd, long address, int length, int flags);

    public static native long read(int fd, long address, int length);

    /** For pipes and terminals; a pipe without a reader raises SIGPIPE, which a JVM ignores, and answers -EPIPE. */
    public static native long write(int fd, long address, int length);

    /** {@code path}: bytes that end with a NUL. Makes no file. */
    public static native int open(byte[] path, int flags);

    public static native int close(int fd);

    public static native int shutdown(int fd, int how);

    public static native int fcntl(int fd, int command, int argument);

    /** An ioctl whose argument is a pointer to int, such as SIOCINQ, SIOCOUTQ, SIOCATMARK: answers that int. */
    public static native int ioctlInt(int fd, int request);

    /** The ready events of one fd, 0 after {@code timeoutMs} without any; blocks, for ever if negative. */
    public static native int poll(int fd, int events, int timeoutMs);

    /** As {@link #poll} for two fds: bit 0 if {@code fd} is ready, bit 1 if {@code other} is, 0 after the time-out. */
    public static native int pollEither(int fd, int other, int events, int timeoutMs);

    public static native int socket(int domain, int type, int protocol);

    public static native int socketpair(int domain, int type, int protocol, int[] pairOut);

    /** A socket pair with the domain's only protocol. */
    public static int socketpair(int domain, int type, int[] pairOut) {
        return socketpair(domain, type, 0, pairOut);
    }

    public static native int pipe2(int flags, int[] readAndWriteOut);

    /** {@code sockaddr} as {@link Sockaddr#encode} makes it. */
    public static native int bind(int fd, byte[] sockaddr);

    public static native int connect(int fd, byte[] sockaddr);

    public static native int listen(int fd, int backlog);

    /** The accepted fd; {@code sockaddrOut} may be null. */
    public static native int accept4(int fd, byte[] sockaddrOut, int flags);

    /** The address's length, which may exceed {@code sockaddrOut}'s; decode with {@link Sockaddr#decode}. */
    public static native int getsockname(int fd, byte[] sockaddrOut);

    /** As {@link #getsockname}, for the peer. */
    public static native int getpeername(int fd, byte[] sockaddrOut);

    /** The value's length. */
    public static native int getsockopt(int fd, int level, int name, byte[] valueOut);

    /**
     * Many options at once: for each question {level i32, name i32} an answer {length i32, or -errno; 16 bytes, of which so many are the
     * value}, native byte order. A longer value is cut.
     */
    public static native void getsockopts(int fd, long questions, int count, long answers);

    public static native int setsockopt(int fd, int level, int name, byte[] value);

    /** The value; for options that may be negative use {@link #getsockopt}, where a value can't be taken for an error. */
    public static native int getsockoptInt(int fd, int level, int name);

    public static native int setsockoptInt(int fd, int level, int name, int value);

    /** A close-on-exec pidfd. Linux 5.3. */
    public static native int pidfdOpen(int pid);

    /** A close-on-exec duplicate of another process's fd. Linux 5.6; needs PTRACE_MODE_ATTACH_REALCREDS over it. */
    public static native int pidfdGetfd(int pidfd, int fd);

    /** Whether two fds of a process are the same open file: 1 or 0 (kcmp(2), KCMP_FILE). Needs PTRACE_MODE_READ_REALCREDS over it. */
    public static native int sameFile(int pid, int fd, int other);

    /** A close-on-exec epoll set. */
    public static native int epollCreate();

    public static native int kill(int pid, int signal);

    /** Sets the nice value of a thread, 0 for the calling one: from -20 to 19, with which all others go before it. */
    public static native int nice(int tid, int value);

    /** Sets the scheduling policy of a thread: SCHED_OTHER, or SCHED_IDLE, for one that runs where no other would (sched(7)). */
    public static native int schedule(int tid, int policy);

    /** The soft limit of open files before the call; raises it to {@code files} (and the hard one if needed) if it is lower. */
    public static native long prlimitNofile(int pid, long files);

    /** Moves the calling OS thread alone into a new network namespace. */
    public static native int unshareNet();

    /** Moves the calling OS thread alone. */
    public static native int setns(int fd, int nstype);

    /** Sends {@code length > 0} bytes and, with them, {@code count <= 253} fds (SCM_RIGHTS); the caller's own stay open. */
    public static native int sendFds(int socket, long address, int length, int[] fds, int count);

    /**
     * Sends one byte with duplicates of {@code count <= 253} fds of another process, taken as by {@link #pidfdGetfd}; none stays here. After an
     * error nothing was sent.
     */
    public static native int sendFdsOf(int pidfd, int socket, int[] fds, int count);

    /**
     * Runs swap programs (agent/src/main/c/control.h) one after the other in a descriptor table of their own, in which nothing is open but {@code
     * fds}, above the numbers that they use; it ends with the call. What they have done to files lasts. Linux 5.9. Answers 0, or the -errno of
     * the first that failed; -ECANCELED: not in its last operation.
     *
     * @param address the operations of all of them
     * @param counts how many operations each has
     * @param fds sent along with each of them
     * @param above the highest number that they put a file under
     */
    public static native int runApart(long address, int[] counts, int[] fds, int above);

    /**
     * Receives one message and its fds (close-on-exec): {@code out[0]} is their count, they follow. Answers the bytes received, 0 at the
     * end; -EMSGSIZE if bytes or fds did not fit, after closing those fds.
     */
    public static int recvFds(int socket, long address, int length, int[] out) {
        return recvFds(socket, address, length, out, 0);
    }

    /** The same with flags as MSG_PEEK, with which the fds are duplicates and the message stays. */
    public static native int recvFds(int socket, long address, int length, int[] out, int flags);

    /**
     * Copies a TCP socket's send queue (unacknowledged bytes first) without taking it, by TCP_REPAIR; needs CAP_NET_ADMIN in the socket's
     * namespace. -EMSGSIZE if {@code length} is smaller than the queue (SIOCOUTQ).
     */
    public static native long peekSendQueue(int fd, long address, int length);

    /**
     * Fills {state, unacknowledged segments, bytes not yet sent, bytes received, acknowledged, sent, retransmitted, peer's window in bytes}
     * of a TCP socket: eight numbers.
     */
    public static native int tcpInfo(int fd, long[] out);

    /** The most that {@link #quietPairs} looks at. */
    public static final int MOST_PAIRS = 250;

    /**
     * Which TCP connections, of which both ends are here and nobody writes or reads any more, have nothing under way in either direction: no byte
     * in any of their four queues, no urgent mark, no end of file, no error. Five system calls a pair, less the way from Java and back.
     *
     * @param ones one end of each
     * @param others the other ends
     * @param quietOut the answers; no array may be longer than {@link #MOST_PAIRS}, or than another
     */
    public static native int quietPairs(int[] ones, int[] others, boolean[] quietOut);

    /** Of which TCP sockets all that was ever written has been acknowledged: no array may be longer than {@link #MOST_PAIRS}, or than the other. */
    public static native int drainedEnds(int[] fds, boolean[] drainedOut);

    /** The same, of which have nothing to be read: no byte, no urgent mark, no end of file, no error. */
    public static native int quietEnds(int[] fds, boolean[] quietOut);

    /**
     * Stops every thread of a process but {@code exceptTid} (0: none) with ptrace; answers how many. Also for a process that SIGSTOP
     * stopped: a SIGCONT then wakes {@code exceptTid} only. Blocks up to 5 s (-ETIMEDOUT); after an error nothing stays stopped. {@link #thaw}
     * must be called by the same OS thread, and the process must not be this JVM's own child by ProcessBuilder (its reaper would take the
     * stop for its end).
     */
    public static native int freeze(int pid, int exceptTid);

    /**
     * A frozen process shall be stopped (SIGSTOP), not run, when it is thawed, or when the OS thread that froze it ends: none of its threads
     * returns to its program before.
     *
     * @return 0; -ESRCH if this OS thread has not frozen it
     */
    public static native int stopWhenThawed(int pid);

    /** Lets the threads that {@link #freeze} stopped go on, with any signal they were about to take; -ESRCH if this OS thread froze none. */
    public static native int thaw(int pid);

    /**
     * Lets one thread of a process run that SIGSTOP has stopped; the others stay stopped, and so will this one again by {@link #stopThread} or
     * when this OS thread ends. {@code killIfTracerEnds}: the process is killed then. -EBUSY if it is not stopped.
     */
    public static native int wakeThread(int tid, boolean killIfTracerEnds);

    /** Has a thread that {@link #wakeThread} has woken, by the same OS thread, stop again with its process. */
    public static native int stopThread(int tid);

    /**
     * Lets one thread of a process that SIGSTOP has stopped run, while the others stay stopped, until it has returned from a signal handler
     * (rt_sigreturn(2)): not one instruction further; it is stopped again then.
     *
     * @return 0; -ETIMEDOUT if it waits for something for 5 s; -EBUSY if it is not stopped
     */
    public static native int finishHandler(int tid);

    /**
     * Saves the registers and signal masks of a process whose threads are all stopped by {@link #freeze}, by the same OS thread.
     *
     * @return a handle for {@link #restoreThreads} and {@link #freeThreads}, or -errno
     */
    public static native long saveThreads(int pid);

    /** Puts them back where they differ, once more under {@link #freeze}, in all but one thread (0: none); answers in how many, or -errno. */
    public static native int restoreThreads(long saved, int exceptTid);

    public static native void freeThreads(long saved);

    /** From now on a SIGTRAP that no debugger takes does not end this process, unless it has a handler of its own. */
    public static native int outliveTraps();

    /**
     * Writes the descriptor table of a process, in no order and without what is closed meanwhile: {fd i32, flags i32 (as in proc_pid_fdinfo(5)),
     * length i32 of the target, target (as in proc_pid_fd(5))} each, native byte order.
     *
     * @return bytes written; -EOVERFLOW if {@code length} is too small
     */
    public static native long readDescriptors(int pid, long address, int length);

    /**
     * What an epoll set of a process watches: {fd i32, events u32, data u64} each, native byte order (proc_pid_fdinfo(5)).
     *
     * @return bytes written, -EOVERFLOW if {@code length} is too little
     */
    public static native long readRegistrations(int pid, int epollFd, long address, int length);
}
