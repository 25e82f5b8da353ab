package io.homeport.stream;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.socket.Endpoint;
import io.homeport.socket.Medium;
import io.homeport.socket.Readiness;
import io.homeport.socket.Sockets;
import io.netty.channel.IoEventLoop;

/** A {@link LocalEnd} that is a descriptor of the kernel. It owns the descriptor until {@link #detach}. */
final class KernelEnd implements LocalEnd {
    private final StreamKind kind;
    private final Medium medium;
    private final Endpoint endpoint;
    private final Runnable whenClosed;
    private boolean closed;

    /** @param whenClosed called when the descriptor was closed, in order or with a reset; not when it was detached */
    KernelEnd(IoEventLoop loop, StreamKind kind, int fd, Runnable whenClosed, Readiness readiness) {
        this.whenClosed = whenClosed;
        this.kind = kind;
        // The dummies of pipes and terminals are AF_UNIX pairs, the real ones are not.
        this.medium = kind == StreamKind.TCP || Posix.getsockoptInt(fd, Linux.SOL_SOCKET, Linux.SO_TYPE) >= 0 ? Medium.SOCKET : Medium.FILE;
        this.endpoint = new Endpoint(loop, fd, readiness);
    }

    @Override
    public long read(long address, int length) {
        return medium.read(endpoint.number(), address, length);
    }

    @Override
    public long write(long address, int length, boolean urgent) {
        if (urgent && kind == StreamKind.TCP) {
            if (length > 1) {
                return medium.write(endpoint.number(), address, length - 1);
            }
            return Posix.send(endpoint.number(), address, 1, Linux.MSG_OOB | Linux.MSG_DONTWAIT);
        }
        return medium.write(endpoint.number(), address, length);
    }

    @Override
    public void want(int events) {
        endpoint.want(kind == StreamKind.TCP && (events & Endpoint.READABLE) != 0 ? events | Endpoint.URGENT : events);
    }

    @Override
    public void watch() {
        endpoint.watch();
    }

    @Override
    public void unwatch() {
        endpoint.unwatch();
    }

    @Override
    public boolean atUrgentMark() {
        return kind == StreamKind.TCP && Posix.ioctlInt(endpoint.number(), Linux.SIOCATMARK) == 1;
    }

    @Override
    public int takeError() {
        return medium == Medium.SOCKET ? Sockets.takeError(endpoint.number()) : 0;
    }

    @Override
    public int unacknowledged() {
        // A socket that was reset still shows what it had queued (tcp_ioctl): nothing of it is under way.
        boolean counts = kind == StreamKind.TCP && Sockets.state(endpoint.number()) != Linux.TCP_CLOSE;
        return counts ? Math.max(0, Sockets.unacknowledged(endpoint.number())) : 0;
    }

    @Override
    public void shutdownWrite() {
        if (medium == Medium.SOCKET) {
            Posix.shutdown(endpoint.number(), Linux.SHUT_WR);
        } else {
            close();
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            endpoint.detach();
            if (kind != StreamKind.TCP && medium == Medium.SOCKET) {
                // Other descriptors may refer to it (the process keeps one of its dummies' far ends): the peer is to see the end all the same.
                Posix.shutdown(endpoint.number(), Linux.SHUT_RDWR);
            }
            Sockets.close(endpoint.number());
            whenClosed.run();
        }
    }

    @Override
    public void reset() {
        if (!closed && kind == StreamKind.TCP) {
            closed = true;
            Sockets.reset(endpoint.detach());
            whenClosed.run();
        } else {
            close();
        }
    }

    @Override
    public boolean closed() {
        return closed;
    }

    @Override
    public int detach() {
        closed = true;
        return endpoint.detach();
    }

    @Override
    public int number() {
        return endpoint.number();
    }
}
