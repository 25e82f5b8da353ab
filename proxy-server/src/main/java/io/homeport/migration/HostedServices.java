package io.homeport.migration;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The services that have moved to this node and run here, by process. Any thread. */
public final class HostedServices {
    private final Map<Integer, HostedService> byPid = new ConcurrentHashMap<>();

    void add(HostedService service) {
        byPid.put(service.pid(), service);
    }

    void remove(int pid) {
        byPid.remove(pid);
    }

    Optional<HostedService> find(int pid) {
        return Optional.ofNullable(byPid.get(pid));
    }

    List<HostedService> all() {
        return List.copyOf(byPid.values());
    }
}
