package io.homeport.socket;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;

/**
 * One file descriptor on the data loop's epoll, level-triggered, without a Netty channel.
 *
 * <pre>
 *   kernel ──events──► Endpoint ──► Readiness.ready(events)      only what was wanted, plus errors and hang-ups
 *                         ▲
 *             want(events)│   hang-up or error that nobody wants to act on now: taken out of epoll until the next want()
 * </pre>
 *
 * <p>epoll reports EPOLLERR and EPOLLHUP always, wanted or not (man 2 epoll_ctl); left alone, a paused stream whose peer has reset it would
 * spin the loop. All methods on the loop's thread; whoever made it closes it, which closes the descriptor, or takes it back by {@link #detach}.
 */
public final class Endpoint implements EpollIoHandle {
    public static final int READABLE = Linux.POLLIN;
    public static final int WRITABLE = Linux.POLLOUT;
    public static final int URGENT = Linux.POLLPRI;
    public static final int FAILED = Linux.POLLERR;
    public static final int HUNG_UP = Linux.POLLHUP;

    /** EpollIoOps by value: want() must not allocate. */
    private static final EpollIoOps[] OPS = new EpollIoOps[(READABLE | WRITABLE | URGENT) + 1];

    static {
        for (int i = 0; i < OPS.length; i++) {
            OPS[i] = EpollIoOps.valueOf(i == 0 ? FAILED : i);
        }
    }

    private final IoEventLoop loop;
    private final FileDescriptor fd;
    private final Readiness readiness;
    private IoRegistration registration;
    private int wanted;
    private boolean open = true;

    /** {@code fd} need not be non-blocking if it is only used with MSG_DONTWAIT. */
    public Endpoint(IoEventLoop loop, int fd, Readiness readiness) {
        this.loop = loop;
        this.fd = new FileDescriptor(fd);
        this.readiness = readiness;
    }

    /** The descriptor's number. */
    public int number() {
        return fd.intValue();
    }

    /** Asks to be called when one of {@code events} is so; 0 means: only once, for an error or a hang-up, if it was ever more than 0. */
    public void want(int events) {
        if (!open || events == wanted) {
            return;
        }
        wanted = events;
        register();
    }

    /** Asks to be called, once, when it fails or hangs up, even if nothing else is wanted. */
    public void watch() {
        if (open && registration == null) {
            register();
        }
    }

    /** Takes the descriptor out of epoll, until the next {@link #want} or {@link #watch}. */
    public void unwatch() {
        if (registration != null) {
            requireLoop();
            registration.cancel();
            registration = null;
        }
        wanted = 0;
    }

    /** What is wanted now. */
    public int wanted() {
        return wanted;
    }

    /** Takes the descriptor out of epoll and gives it to the caller, open. */
    public int detach() {
        unwatch();
        open = false;
        return fd.intValue();
    }

    @Override
    public FileDescriptor fd() {
        return fd;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        int events = ((EpollIoEvent) event).ops().value();
        int asked = events & (wanted | FAILED | HUNG_UP);
        if (asked != 0) {
            readiness.ready(asked);
        }
        if (open && (events & (FAILED | HUNG_UP)) != 0 && (wanted & events) == 0) {
            unwatch();
        }
    }

    /** Closes the descriptor. Not for sockets that linger: close would block the loop, see {@link Sockets#close}. */
    @Override
    public void close() {
        if (open) {
            Posix.close(detach());
        }
    }

    /** Netty would do it later then: meanwhile the descriptor may be closed while its file lives on, and epoll would keep it for ever. */
    private void requireLoop() {
        if (!loop.inEventLoop()) {
            throw new IllegalStateException("descriptor " + number() + " is the data loop's, not that of " + Thread.currentThread().getName());
        }
    }

    private void register() {
        if (registration == null) {
            requireLoop();
            // On the loop's own thread the registration is done when register() returns (SingleThreadIoEventLoop.register).
            registration = loop.register(this).getNow();
            if (registration == null) {
                throw new IllegalStateException("the data loop is shut down");
            }
        }
        // Never NONE: Netty takes it out of epoll but goes on with EPOLL_CTL_MOD (EpollIoHandler.DefaultEpollIoRegistration.submit).
        registration.submit(OPS[wanted]);
    }
}
