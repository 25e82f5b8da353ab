package io.homeport.service;

import io.homeport.handover.AgentControl;
import io.homeport.keeper.FdStore;
import io.homeport.link.LinkPolicy;
import io.homeport.socket.ShadowNet;
import io.homeport.stream.Role;
import io.homeport.stream.ShadowHost;
import io.homeport.stream.StreamDescription;
import io.homeport.stream.StreamPlane;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes on with the services and streams of a daemon that was killed.
 *
 * <pre>
 *   notes ─► shadow namespaces ─► streams ─► agents, options, real sockets that are still to be given back
 * </pre>
 *
 * <p>Used once, by the thread that starts the daemon.
 */
public final class HostedSuccession {
    private static final Logger LOG = LoggerFactory.getLogger(HostedSuccession.class);

    private final StreamPlane streams;
    private final HostedServices services;
    private final OptionWatch options;
    private final SocketReturn returns;
    private final FdStore store;
    private final LinkPolicy usual;

    /** @param usual the link policy of services that have none of their own */
    public HostedSuccession(
            StreamPlane streams, HostedServices services, OptionWatch options, SocketReturn returns, FdStore store, LinkPolicy usual) {
        this.usual = usual;
        this.streams = streams;
        this.services = services;
        this.options = options;
        this.returns = returns;
        this.store = store;
    }

    /**
     * @param isMine whether a migration to this node has come to the word MINE
     * @param given processes whose service has been given to another node: their stubs are that node's
     */
    public void take(LongPredicate isMine, Set<Integer> given) throws IOException {
        List<ServiceNotes.Note> all = services.noted(isMine);
        all.stream().map(ServiceNotes.Note::service).filter(service -> given.contains(service.pid())).forEach(services::forget);
        List<ServiceNotes.Note> notes = all.stream().filter(note -> !given.contains(note.service().pid())).toList();
        Map<Long, ShadowHost> hosts = new HashMap<>();
        Set<String> files = new HashSet<>();
        for (ServiceNotes.Note note : notes) {
            HostedService service = note.service();
            ShadowNet net = ShadowNet.recover(Long.toHexString(service.serviceId()), service.serviceId(), store);
            hosts.put(service.serviceId(), new ShadowHost(net, service.linkPolicy() == null ? usual : service.linkPolicy()));
            files.addAll(filesOf(service.pid()));
        }
        int revived = Futures.join(streams.recover(hosts, files));
        List<String> strangers = store.clear();
        Set<Long> stubs = Futures.join(streams.describe()).stream()
                .filter(stream -> stream.role() == Role.STUB)
                .map(StreamDescription::id)
                .collect(Collectors.toSet());
        for (ServiceNotes.Note note : notes) {
            takeUp(note, hosts.get(note.service().serviceId()).net(), stubs);
        }
        if (revived > 0 || !strangers.isEmpty() || !notes.isEmpty()) {
            LOG.info("{} streams and {} services of the daemon before go on; {} descriptors were nobody's", revived, notes.size(), strangers.size());
        }
    }

    private void takeUp(ServiceNotes.Note note, ShadowNet net, Set<Long> stubs) throws IOException {
        HostedService noted = note.service();
        if (!note.alive()) {
            LOG.info("{} (process {}) has ended while no daemon was here", noted.name(), noted.pid());
            services.forget(noted);
            HostedServices.seeOff(net);
            return;
        }
        List<HostedService.UnixDummy> dummies =
                noted.dummies().stream().filter(dummy -> stubs.contains(dummy.streamId())).toList();
        HostedService service = new HostedService(
                noted.serviceId(), noted.name(), noted.birthNode(), noted.startedMs(), noted.moves(), noted.pid(), noted.capsulePid(),
                noted.cameFrom(), AgentControl.open(noted.pid()), net, dummies, noted.linkPolicy());
        services.add(service);
        services.watch(service);
        options.takeUp(service);
        returns.expect(service.pid());
    }

    /** What a process has open, as /proc/PID/fd shows it; nothing if it has ended. */
    private static Set<String> filesOf(int pid) {
        Set<String> files = new HashSet<>();
        try (DirectoryStream<Path> fds = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path fd : fds) {
                files.add(Files.readSymbolicLink(fd).toString());
            }
        } catch (IOException ended) {
            LOG.debug("process {}: {}", pid, ended.toString());
        }
        return files;
    }
}
