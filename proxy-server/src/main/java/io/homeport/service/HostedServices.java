package io.homeport.service;

import io.homeport.posix.PosixException;
import io.homeport.process.ProcessEnd;
import io.homeport.socket.ShadowNet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services that have moved to this node and run here, by process. Any thread. */
public final class HostedServices {
    private static final Logger LOG = LoggerFactory.getLogger(HostedServices.class);
    /** How long the shadow namespace of an ended process stays: its last bytes are still on their way to their deputies. */
    private static final int SEEING_OFF_S = 60;

    private final Map<Integer, HostedService> byPid = new ConcurrentHashMap<>();
    private final ServiceNotes notes;

    /** @param directory where services are noted for the next daemon; empty: they are not */
    public HostedServices(Optional<Path> directory) throws IOException {
        this.notes = new ServiceNotes(directory);
    }

    /** It is about to become this node's: if the word MINE is found after a kill, the next daemon takes it up from this note. */
    public void arriving(HostedService service, long migrationId) throws IOException {
        notes.arriving(service, migrationId);
    }

    /** Whether a migration's service, which a daemon before this one was about to let run, has ended before. */
    public boolean endedArriving(long migrationId) throws IOException {
        return notes.endedArriving(migrationId);
    }

    /** It is this node's, or has changed. */
    public void add(HostedService service) throws IOException {
        notes.running(service);
        byPid.put(service.pid(), service);
    }

    public void remove(int pid) {
        HostedService service = byPid.remove(pid);
        if (service != null) {
            notes.forget(service.serviceId());
        }
    }

    /** A copy that was about to become this node's does not. */
    public void forget(HostedService service) {
        notes.forget(service.serviceId());
    }

    public Optional<HostedService> find(int pid) {
        return Optional.ofNullable(byPid.get(pid));
    }

    /** Forgets the service when its process ends here. */
    public void watch(HostedService service) {
        try {
            ProcessEnd.of(service.pid()).thenRun(() -> ended(service));
        } catch (PosixException alreadyGone) {
            ended(service);
        }
    }

    /** The streams of a service without a process have their last bytes on their way. */
    static void seeOff(ShadowNet net) {
        CompletableFuture.delayedExecutor(SEEING_OFF_S, TimeUnit.SECONDS).execute(net::close);
    }

    /** What a daemon before this one noted. */
    List<ServiceNotes.Note> noted(LongPredicate isMine) throws IOException {
        return notes.read(isMine);
    }

    private void ended(HostedService service) {
        HostedService known = byPid.get(service.pid());
        if (known == null || known.serviceId() != service.serviceId() || !byPid.remove(service.pid(), known)) {
            return; // it has moved on
        }
        LOG.info("{} (process {}) has ended", service.name(), service.pid());
        notes.forget(service.serviceId());
        service.agent().close();
        seeOff(service.net());
    }
}
