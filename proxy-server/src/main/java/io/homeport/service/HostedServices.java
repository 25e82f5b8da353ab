package io.homeport.service;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services that have moved to this node and run here, by process. Any thread. */
public final class HostedServices {
    private static final Logger LOG = LoggerFactory.getLogger(HostedServices.class);
    /** How long the shadow namespace of an ended process stays: its last bytes are still on their way to their deputies. */
    private static final int SEEING_OFF_S = 60;

    private final Map<Integer, HostedService> byPid = new ConcurrentHashMap<>();

    public void add(HostedService service) {
        byPid.put(service.pid(), service);
    }

    public void remove(int pid) {
        byPid.remove(pid);
    }

    public Optional<HostedService> find(int pid) {
        return Optional.ofNullable(byPid.get(pid));
    }

    /** Forgets the service when its process ends here. */
    public void watch(HostedService service) {
        ProcessHandle.of(service.pid()).ifPresent(process -> process.onExit().thenRun(() -> ended(service)));
    }

    private void ended(HostedService service) {
        HostedService known = byPid.get(service.pid());
        if (known == null || known.serviceId() != service.serviceId() || !byPid.remove(service.pid(), known)) {
            return; // it has moved on
        }
        LOG.info("{} (process {}) has ended", service.name(), service.pid());
        service.agent().close();
        CompletableFuture.delayedExecutor(SEEING_OFF_S, TimeUnit.SECONDS).execute(service.net()::close);
    }
}
