package io.homeport.process;

/**
 * One entry of a process's descriptor table.
 *
 * @param fd the descriptor's number
 * @param target what {@code /proc/PID/fd/N} points to, for example {@code socket:[4711]}
 * @param flags the open flags of {@code /proc/PID/fdinfo/N}, with O_CLOEXEC where the descriptor has it
 */
public record OpenFile(int fd, String target, int flags) {
    private static final String SOCKET = "socket:[";
    private static final int O_ACCMODE = 03;
    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 02000000;

    /** A socket (proc_pid_fd(5)). */
    public static OpenFile socket(int fd, long inode, int flags) {
        return new OpenFile(fd, SOCKET + inode + "]", flags);
    }

    public boolean isSocket() {
        return target.startsWith(SOCKET);
    }

    /** Whether it is the socket that has this inode. */
    public boolean isSocket(long inode) {
        return isSocket() && Long.parseLong(target, SOCKET.length(), target.length() - 1, 10) == inode;
    }

    public boolean isPipe() {
        return target.startsWith("pipe:[");
    }

    /** A terminal: a pseudo terminal's slave, or the process's controlling terminal. */
    public boolean isTerminal() {
        return target.startsWith("/dev/pts/") || target.equals("/dev/tty") || target.startsWith("/dev/tty");
    }

    public boolean isEpoll() {
        return target.equals("anon_inode:[eventpoll]");
    }

    public boolean readOnly() {
        return (flags & O_ACCMODE) == O_RDONLY;
    }

    public boolean closeOnExec() {
        return (flags & O_CLOEXEC) != 0;
    }

    /** The file status flags that fcntl(F_SETFL) can set again on another file: O_APPEND, O_ASYNC, O_DIRECT, O_NOATIME, O_NONBLOCK. */
    public int settableFlags() {
        return flags & (02000 | 020000 | 040000 | 01000000 | 04000);
    }
}
