package io.homeport.service;

import io.homeport.handover.AgentControl;
import io.homeport.handover.FrozenService;
import io.homeport.handover.HandOver;
import io.homeport.posix.Posix;
import io.homeport.process.Descriptor;
import io.homeport.process.EpollRegistration;
import io.homeport.process.EpollSet;
import io.homeport.process.Fate;
import io.homeport.process.FateSurvey;
import io.homeport.process.FdFate;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import io.homeport.stream.StreamPlane;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives processes that have come home their real sockets back, as their streams drain: the detour is gone then.
 *
 * <pre>
 *   expect ─▶ begin (deputies stop reading) ─▶ drained? ─▶ freeze ─ surrender ─ swap ─ thaw ─▶ until none is left
 * </pre>
 *
 * <p>One thread of its own. A migration of the same process and a return exclude each other ({@link #pause}).
 */
public final class SocketReturn implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketReturn.class);
    private static final int FIRST_PAUSE_MS = 5;
    /** A stream may take long to drain: its application must read, its peer must read. */
    private static final int LONGEST_PAUSE_MS = 500;

    private static final int DRAIN_WAIT_MS = 20;

    private final StreamPlane streams;
    private final HostedServices services;
    private final long namespaceCookie;
    private final Set<Integer> homecomers = ConcurrentHashMap.newKeySet();
    private final Map<Integer, ReentrantLock> locks = new ConcurrentHashMap<>();
    private final Thread thread = new Thread(this::run, "homeport-return");
    private volatile boolean closed;

    public SocketReturn(StreamPlane streams, HostedServices services, long namespaceCookie) {
        this.streams = streams;
        this.services = services;
        this.namespaceCookie = namespaceCookie;
        thread.setDaemon(true);
        thread.start();
    }

    /** A process has arrived that may have left sockets here. */
    public void expect(int pid) {
        homecomers.add(pid);
        LockSupport.unpark(thread);
    }

    /** No socket of this process is returned until {@link #resume}, by the same thread; its streams flow. */
    public void pause(int pid) throws IOException {
        lock(pid).lock();
        Optional<HostedService> service = services.find(pid).filter(arrived -> homecomers.contains(pid));
        if (service.isPresent()) {
            Futures.join(streams.homecoming().cancel(atHome(service.get())));
        }
    }

    /** The process may have gone meanwhile. */
    public void resume(int pid) {
        if (services.find(pid).isEmpty()) {
            homecomers.remove(pid);
        }
        lock(pid).unlock();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private ReentrantLock lock(int pid) {
        return locks.computeIfAbsent(pid, key -> new ReentrantLock());
    }

    private void run() {
        int pauseMs = FIRST_PAUSE_MS;
        while (!closed) {
            boolean progress = false;
            for (int pid : homecomers) {
                progress |= tryReturn(pid);
            }
            if (homecomers.isEmpty()) {
                LockSupport.park(this); // mostly for ever
                pauseMs = FIRST_PAUSE_MS;
            } else {
                pauseMs = progress ? FIRST_PAUSE_MS : Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
                LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(pauseMs));
            }
        }
    }

    /** True if a socket was returned. */
    private boolean tryReturn(int pid) {
        ReentrantLock lock = lock(pid);
        if (!lock.tryLock()) {
            return false;
        }
        try {
            HostedService service = services.find(pid).orElse(null);
            Set<Long> atHome = service == null ? Set.of() : atHome(service);
            if (atHome.isEmpty()) {
                homecomers.remove(pid);
                return false;
            }
            Futures.join(streams.homecoming().begin(atHome));
            Set<Long> drained = Futures.join(streams.homecoming().drained(atHome, DRAIN_WAIT_MS));
            return !drained.isEmpty() && swap(service, drained);
        } catch (IOException | RuntimeException e) {
            LOG.warn("sockets of process {} cannot be returned yet: {}", pid, e.getMessage(), e);
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean swap(HostedService service, Set<Long> drained) throws IOException {
        AgentControl agent = service.agent();
        int pidfd = Posix.check(Posix.pidfdOpen(service.pid()), "pidfd_open " + service.pid());
        Map<Long, Integer> sockets;
        try (FrozenService frozen = FrozenService.freeze(agent)) {
            List<OpenFile> open = FdTable.read(service.pid());
            Map<Long, Place> places = places(service, pidfd, open, drained);
            sockets = Futures.join(streams.homecoming().surrender(places.keySet(), DRAIN_WAIT_MS));
            Map<Integer, List<EpollRegistration>> registrations = EpollSet.byWatched(EpollSet.of(service.pid(), open));
            List<HandOver.Replacement> replacements = new ArrayList<>();
            sockets.forEach((id, fd) -> replacements.add(new HandOver.Replacement(
                    Descriptor.of(places.get(id).files(), registrations), fd, places.get(id).keptFd())));
            new HandOver(agent).install(replacements);
        } finally {
            Posix.close(pidfd);
        }
        sockets.values().forEach(Posix::close);
        Futures.join(streams.homecoming().done(sockets.keySet()));
        services.add(service.without(sockets.keySet()));
        LOG.info("{} real sockets are back in {} (process {})", sockets.size(), service.name(), service.pid());
        return !sockets.isEmpty();
    }

    /**
     * Where in the process a stream has its end.
     *
     * @param keptFd a dummy's other end, -1 if it is none
     */
    private record Place(List<OpenFile> files, int keptFd) {}

    private Map<Long, Place> places(HostedService service, int pidfd, List<OpenFile> open, Collection<Long> drained) throws IOException {
        Map<Long, Place> places = new HashMap<>();
        FateSurvey survey = new FateSurvey(service.pid(), pidfd, namespaceCookie, service::isDummy);
        Map<Integer, FdFate> moved = new HashMap<>();
        try {
            for (FdFate fate : survey.examine(open)) {
                if (fate.fate() == Fate.STUB && fate.facts() != null) {
                    moved.put(Posix.check(Posix.pidfdGetfd(pidfd, fate.fd()), "looking at fd " + fate.fd()), fate);
                }
            }
            Map<Integer, Long> ids = Futures.join(streams.stubs().identify(service.net(), moved.keySet()));
            ids.values().retainAll(drained);
            ids.forEach((fd, id) -> places.put(id, new Place(moved.get(fd).files(), -1)));
        } finally {
            moved.keySet().forEach(Posix::close);
        }
        for (HostedService.UnixDummy dummy : service.dummies()) {
            if (drained.contains(dummy.streamId())) {
                List<OpenFile> files = open.stream().filter(file -> dummy.fds().contains(file.fd())).toList();
                places.put(dummy.streamId(), new Place(files, dummy.keptFd()));
            }
        }
        return places;
    }

    /** Of this service alone: another's that is about to arrive here may not come, and its deputies must go on reading. */
    private Set<Long> atHome(HostedService service) throws IOException {
        return Futures.join(streams.homecoming().candidates(service.net()));
    }
}
