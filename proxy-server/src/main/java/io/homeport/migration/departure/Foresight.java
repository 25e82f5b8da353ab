package io.homeport.migration.departure;

import io.homeport.migration.contract.NodeParts;
import io.homeport.migration.contract.ServiceRecord;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.process.Descriptor;
import io.homeport.process.EpollRegistration;
import io.homeport.process.EpollSet;
import io.homeport.process.Fate;
import io.homeport.process.FdFate;
import io.homeport.process.OpenFile;
import io.homeport.service.Futures;
import io.homeport.socket.SocketOptions;
import io.homeport.socket.Sockets;
import io.homeport.stream.StreamKind;
import io.homeport.stream.StreamState;
import io.homeport.stream.Stubs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The connections of a process that still runs, with the stream ids that they will have: the destination makes sockets for them before the
 * freeze. It is a guess: the freeze decides what there is, and who has closed, opened or changed one meanwhile is not bound by it.
 *
 * <p>Used by the migration's thread.
 */
final class Foresight {
    /** Descriptors of this daemon that are duplicates of the process's at a time. */
    private static final int AT_ONCE = 500;

    private final NodeParts node;
    private final Itinerary itinerary;
    /** By what the descriptor's link in /proc shows, which has the socket's inode. */
    private final Map<String, Stubs.Outlook> connections = new HashMap<>();
    /** In the order of the descriptors. */
    private final List<ServiceRecord.Item> items = new ArrayList<>();
    private final List<Descriptor> descriptors = new ArrayList<>();
    private List<OpenFile> epollFiles = List.of();
    private Map<Integer, List<EpollRegistration>> registrations = Map.of();

    private Foresight(NodeParts node, Itinerary itinerary) {
        this.node = node;
        this.itinerary = itinerary;
    }

    /** Looks at what was there when the preparation looked. */
    static Foresight of(NodeParts node, Itinerary itinerary) throws IOException {
        Foresight foresight = new Foresight(node, itinerary);
        List<FdFate> fates = itinerary.fates().stream().filter(FdFate::isConnection).toList();
        if (!fates.isEmpty()) {
            foresight.lookAtRegistrations();
        }
        for (int from = 0; from < fates.size(); from += AT_ONCE) {
            foresight.look(fates.subList(from, Math.min(from + AT_ONCE, fates.size())));
        }
        return foresight;
    }

    private void lookAtRegistrations() throws IOException {
        epollFiles = itinerary.fates().stream().flatMap(fate -> fate.files().stream()).filter(OpenFile::isEpoll).toList();
        try {
            registrations = EpollSet.byWatched(EpollSet.of(itinerary.pid(), epollFiles, itinerary.fates().size()));
        } catch (NoSuchFileException closed) {
            // An epoll set has gone meanwhile: the freeze finds what watches them.
        }
    }

    List<ServiceRecord.Item> items() {
        return items;
    }

    /** What is under their descriptors, and watches them. */
    List<Descriptor> descriptors() {
        return descriptors;
    }

    /** The epoll sets that it had then; none if it had no connections. */
    List<OpenFile> epollFiles() {
        return epollFiles;
    }

    /** What was foreseen of a connection that is frozen now; null if nothing was. */
    Stubs.Outlook of(FdFate fate) {
        Stubs.Outlook outlook = connections.get(fate.file().target());
        boolean same = outlook != null && outlook.state().local().equals(fate.facts().local())
                && outlook.state().remote().equals(fate.facts().remote());
        return same ? outlook : null;
    }

    private void look(List<FdFate> fates) throws IOException {
        Map<Integer, FdFate> duplicates = new LinkedHashMap<>();
        try {
            for (FdFate fate : fates) {
                int fd = Posix.pidfdGetfd(itinerary.pidfd(), fate.fd());
                if (fd >= 0) {
                    duplicates.put(fd, fate);
                }
            }
            Map<Integer, Long> ids = Futures.join(node.stubs().identify(itinerary.service().net(), duplicates.keySet()));
            Map<Long, Integer> streamFds = new HashMap<>();
            ids.forEach((fd, id) -> streamFds.put(id, fd));
            Map<Long, Stubs.Outlook> streams = Futures.join(node.stubs().outlook(streamFds));
            duplicates.forEach((fd, fate) -> foresee(fd, fate, streams.get(ids.get(fd))));
        } finally {
            duplicates.keySet().forEach(Posix::close);
        }
    }

    /** @param stream null if it is none yet */
    private void foresee(int fd, FdFate fate, Stubs.Outlook stream) {
        if (fate.fate() == Fate.STUB && stream == null) {
            return;
        }
        try {
            // The number may be another socket's by now.
            InetSocketAddress local = Sockets.local(fd);
            InetSocketAddress remote = Sockets.remote(fd);
            if (local.equals(fate.facts().local()) && remote.equals(fate.facts().remote())) {
                SocketOptions options = SocketOptions.read(fd);
                StreamState begins = stream == null
                        ? StreamState.connection(node.deputies().newId(), node.name(), StreamKind.TCP, local, remote, options)
                        : stream.state().withOptions(options);
                boolean told = stream != null && options.equals(stream.state().options());
                foresee(fate, told ? stream : new Stubs.Outlook(begins, false));
            }
        } catch (PosixException ended) {
            // ENOTCONN, or no Inet socket: it has gone meanwhile.
        }
    }

    private void foresee(FdFate fate, Stubs.Outlook outlook) {
        connections.put(fate.file().target(), outlook);
        items.add(new ServiceRecord.Item(outlook.state(), fate.numbers(), -1));
        descriptors.addAll(Descriptor.of(fate.files(), registrations));
    }
}
