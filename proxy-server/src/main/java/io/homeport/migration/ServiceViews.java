package io.homeport.migration;

import io.homeport.posix.Posix;
import io.homeport.process.Fate;
import io.homeport.process.FateSurvey;
import io.homeport.process.FdFate;
import io.homeport.process.FdTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import io.homeport.stream.StreamDescription;
import io.homeport.stream.Role;

/** Draws up what {@code homeport ps} shows: /proc for the sockets, the streams for where each is bound. Any thread. */
final class ServiceViews {
    private final NodeParts node;

    ServiceViews(NodeParts node) {
        this.node = node;
    }

    List<ServiceView> all() throws IOException {
        List<StreamDescription> stubs = Futures.join(node.streams().describe()).stream()
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
        Optional<HostedService> hosted = node.services().find(found.pid());
        int pidfd = Posix.check(Posix.pidfdOpen(found.pid()), "pidfd_open " + found.pid());
        try {
            FateSurvey survey = new FateSurvey(
                    found.pid(), pidfd, node.namespaceCookie(), file -> hosted.isPresent() && hosted.get().isDummy(file));
            List<ServiceView.SocketView> sockets = survey.examine(FdTable.read(found.pid())).stream()
                    .filter(fate -> fate.fate().becomesStream() || fate.fate() == Fate.STUB)
                    .map(fate -> new ServiceView.SocketView(fate, boundAt(fate, hosted, origins)))
                    .toList();
            return new ServiceView(
                    found.pid(),
                    found.name(),
                    Files.getOwner(Path.of("/proc/" + found.pid())).getName(),
                    found.commandLine(),
                    hosted.map(HostedService::birthNode).orElse(node.name()),
                    hosted.map(HostedService::cameFrom).orElse(null),
                    hosted.map(HostedService::moves).orElse(0),
                    sockets);
        } finally {
            Posix.close(pidfd);
        }
    }

    private String boundAt(FdFate fate, Optional<HostedService> hosted, Map<String, String> origins) {
        if (fate.fate() != Fate.STUB) {
            return node.name();
        }
        if (fate.facts() == null) {
            return hosted.map(HostedService::birthNode).orElse("?");
        }
        String remote = fate.facts().listening() ? "null" : "" + fate.facts().remote();
        return origins.getOrDefault(fate.facts().local() + "-" + remote, "?");
    }
}
