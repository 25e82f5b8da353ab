package io.homeport.socket;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;

/** How bytes go in and out of a descriptor: results as of man 2 read and write, errors as -errno, never blocking. Stateless. */
public enum Medium {
    /** TCP and AF_UNIX sockets, in whichever mode they are. */
    SOCKET {
        @Override
        public long read(int fd, long address, int length) {
            return Posix.recv(fd, address, length, Linux.MSG_DONTWAIT);
        }

        @Override
        public long write(int fd, long address, int length) {
            return Posix.send(fd, address, length, Linux.MSG_DONTWAIT);
        }
    },

    /**
     * Pipes and terminals. O_NONBLOCK belongs to the open file, which a terminal shares with the shell that started the process: so it is
     * set only for the time of the call.
     */
    FILE {
        @Override
        public long read(int fd, long address, int length) {
            int flags = unblock(fd);
            long result = Posix.read(fd, address, length);
            restore(fd, flags);
            // Linux answers EIO to reading the master of a terminal whose other side is closed (man 4 pts): an end of file.
            return result == -EIO ? 0 : result;
        }

        @Override
        public long write(int fd, long address, int length) {
            int flags = unblock(fd);
            long result = Posix.write(fd, address, length);
            restore(fd, flags);
            return result;
        }
    };

    private static final int EIO = 5;

    /** Bytes read, 0 at the end of file, or -errno. */
    public abstract long read(int fd, long address, int length);

    /** Bytes written, or -errno; no signal is raised. */
    public abstract long write(int fd, long address, int length);

    private static int unblock(int fd) {
        int flags = Posix.fcntl(fd, Linux.F_GETFL, 0);
        if (flags >= 0 && (flags & Linux.O_NONBLOCK) == 0) {
            Posix.fcntl(fd, Linux.F_SETFL, flags | Linux.O_NONBLOCK);
        }
        return flags;
    }

    private static void restore(int fd, int flags) {
        if (flags >= 0 && (flags & Linux.O_NONBLOCK) == 0) {
            Posix.fcntl(fd, Linux.F_SETFL, flags);
        }
    }
}
