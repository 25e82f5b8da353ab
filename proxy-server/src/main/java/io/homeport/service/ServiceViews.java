package io.homeport.service;

import io.homeport.posix.Posix;
import io.homeport.process.Fate;
import io.homeport.process.FateSurvey;
import io.homeport.process.FdFate;
import io.homeport.process.FdTable;
import io.homeport.stream.Role;
import io.homeport.stream.StreamPlane;
import io.homeport.stream.StreamDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Draws up what {@code homeport ps} shows: /proc for the sockets, the streams for where each is bound. Any thread. */
public final class ServiceViews {
    private final String node;
    private final StreamPlane streams;
    private final HostedServices services;
    private final long namespaceCookie;

    /**
     * @param node this node's name
     * @param namespaceCookie of its own network namespace (SO_NETNS_COOKIE)
     */
    public ServiceViews(String node, StreamPlane streams, HostedServices services, long namespaceCookie) {
        this.node = node;
        this.streams = streams;
        this.services = services;
        this.namespaceCookie = namespaceCookie;
    }

    public List<ServiceView> all() throws IOException {
        List<StreamDescription> stubs = Futures.join(streams.describe()).stream()
                .filter(stream -> stream.role() == Role.STUB)
                .toList();
        Map<String, String> origins = stubs.stream()
                .collect(Collectors.toMap(
                        stream -> stream.local() + "-" + stream.remote(), StreamDescription::origin, (one, other) -> one));
        List<ServiceView> views = new ArrayList<>();
        for (ServiceDirectory.Found found : ServiceDirectory.all()) {
            try {
                views.add(view(found, origins));
            } catch (IOException endedMeanwhile) {
                continue;
            }
        }
        return views;
    }

    private ServiceView view(ServiceDirectory.Found found, Map<String, String> origins) throws IOException {
        Optional<HostedService> hosted = services.find(found.pid());
        int pidfd = Posix.check(Posix.pidfdOpen(found.pid()), "pidfd_open " + found.pid());
        try {
            FateSurvey survey = new FateSurvey(
                    found.pid(), pidfd, namespaceCookie, file -> hosted.isPresent() && hosted.get().isDummy(file));
            List<ServiceView.SocketView> sockets = survey.examine(FdTable.read(found.pid())).stream()
                    .filter(fate -> fate.fate().becomesStream() || fate.fate() == Fate.STUB)
                    .map(fate -> new ServiceView.SocketView(fate, boundAt(fate, hosted, origins)))
                    .toList();
            return new ServiceView(
                    found.pid(),
                    found.name(),
                    Files.getOwner(Path.of("/proc/" + found.pid())).getName(),
                    found.commandLine(),
                    hosted.map(HostedService::birthNode).orElse(node),
                    hosted.map(HostedService::cameFrom).orElse(null),
                    hosted.map(HostedService::moves).orElse(0),
                    sockets);
        } finally {
            Posix.close(pidfd);
        }
    }

    private String boundAt(FdFate fate, Optional<HostedService> hosted, Map<String, String> origins) {
        if (fate.fate() != Fate.STUB) {
            return node;
        }
        if (fate.facts() == null) {
            return hosted.map(HostedService::birthNode).orElse("?");
        }
        String remote = fate.facts().listening() ? "null" : "" + fate.facts().remote();
        return origins.getOrDefault(fate.facts().local() + "-" + remote, "?");
    }
}
