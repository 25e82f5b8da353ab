package io.homeport.service;

import io.homeport.posix.Posix;
import io.homeport.process.Fate;
import io.homeport.process.FateSurvey;
import io.homeport.process.FdFate;
import io.homeport.process.FdTable;
import io.homeport.stream.Role;
import io.homeport.stream.StreamPlane;
import io.homeport.stream.StreamDescription;
import io.homeport.stream.StreamLoss;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
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
        Map<String, StreamDescription> streamsByAddresses = stubs.stream()
                .collect(Collectors.toMap(stream -> stream.local() + "-" + stream.remote(), stream -> stream, (one, other) -> one));
        List<StreamLoss> losses = Futures.join(streams.losses());
        List<ServiceView> views = new ArrayList<>();
        for (ServiceDirectory.Found found : ServiceDirectory.all()) {
            try {
                views.add(view(found, streamsByAddresses, losses));
            } catch (IOException endedMeanwhile) {
                continue;
            }
        }
        return views;
    }

    private ServiceView view(
            ServiceDirectory.Found found, Map<String, StreamDescription> streamsByAddresses, List<StreamLoss> losses) throws IOException {
        Optional<HostedService> hosted = services.find(found.pid());
        int pidfd = Posix.check(Posix.pidfdOpen(found.pid()), "pidfd_open " + found.pid());
        try {
            FateSurvey survey = new FateSurvey(
                    found.pid(), pidfd, namespaceCookie, file -> hosted.isPresent() && hosted.get().isDummy(file));
            List<ServiceView.SocketView> sockets = survey.examine(FdTable.read(found.pid())).stream()
                    .filter(fate -> fate.fate().becomesStream() || fate.fate() == Fate.STUB)
                    .map(fate -> socket(fate, hosted, streamsByAddresses))
                    .toList();
            return new ServiceView(
                    found.pid(),
                    found.name(),
                    Files.getOwner(Path.of("/proc/" + found.pid())).getName(),
                    found.commandLine(),
                    hosted.map(HostedService::birthNode).orElse(node),
                    hosted.map(HostedService::cameFrom).orElse(null),
                    hosted.map(HostedService::moves).orElse(0),
                    sockets,
                    hosted.map(service -> lossesOf(service, losses)).orElse(List.of()));
        } finally {
            Posix.close(pidfd);
        }
    }

    private ServiceView.SocketView socket(
            FdFate fate, Optional<HostedService> hosted, Map<String, StreamDescription> streamsByAddresses) {
        if (fate.fate() != Fate.STUB) {
            return new ServiceView.SocketView(fate, node, null, null);
        }
        if (fate.facts() == null) {
            return new ServiceView.SocketView(fate, hosted.map(HostedService::birthNode).orElse("?"), null, null);
        }
        String remote = fate.facts().listening() ? "null" : "" + fate.facts().remote();
        StreamDescription stream = streamsByAddresses.get(fate.facts().local() + "-" + remote);
        if (stream == null) {
            return new ServiceView.SocketView(fate, "?", null, null);
        }
        boolean waits = stream.boundTo() == null && !stream.state().equals("closing");
        return new ServiceView.SocketView(fate, stream.origin(), stream.boundBy(), waits ? waiting(stream) : null);
    }

    private String waiting(StreamDescription stream) {
        return "waits " + stream.waitedMs() / 1_000 + " s for a way to " + stream.origin() + " (" + streams.ways(stream.origin()) + ")";
    }

    private static List<String> lossesOf(HostedService service, List<StreamLoss> losses) {
        return losses.stream()
                .filter(loss -> loss.net() == service.net())
                .map(loss -> (loss.local() == null ? "a pipe or unix stream" : loss.local() + " - " + loss.remote()) + ": reset at "
                        + Instant.ofEpochMilli(loss.atMs()) + ", " + loss.text())
                .toList();
    }
}
