package io.homeport.migration.arrival;

import io.homeport.handover.HandOver;
import io.homeport.link.LinkPolicy;
import io.homeport.link.Peer;
import io.homeport.migration.contract.NodeParts;
import io.homeport.migration.contract.ServiceRecord;
import io.homeport.migration.contract.Undo;
import io.homeport.posix.Posix;
import io.homeport.process.Descriptor;
import io.homeport.service.Futures;
import io.homeport.service.HostedService;
import io.homeport.socket.PendingConnect;
import io.homeport.socket.ShadowNet;
import io.homeport.stream.Arrival;
import io.homeport.stream.StreamKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The lasting ends of an arriving process's streams: its shadow namespace, the sockets in it, the stubs; and, in this
 * node's own network, new sockets for those that were connecting. Used by the thread that serves the restore and the commit.
 */
final class Berth {
    private final NodeParts node;
    private final ServiceRecord record;
    private final ShadowNet net;
    private final Map<ServiceRecord.Connecting, PendingConnect> connecting = new LinkedHashMap<>();
    private Map<Long, Integer> applicationFds = Map.of();

    private Berth(NodeParts node, ServiceRecord record, ShadowNet net) {
        this.node = node;
        this.record = record;
        this.net = net;
    }

    /** Makes the sockets; the process need not be there yet. */
    static Berth make(NodeParts node, ServiceRecord record, Undo undo) throws IOException {
        checkLinks(node, record);
        Berth berth = new Berth(node, record, ShadowNet.open(
                Long.toHexString(record.serviceId()), record.serviceId(), node.estate().store()));
        undo.add("take the shadow sockets away", berth::close);
        for (ServiceRecord.Connecting socket : record.connecting()) {
            berth.connecting.put(socket, PendingConnect.prepare(socket.remote(), socket.options()));
        }
        berth.applicationFds = berth.prepare(item -> !lasting(item), item -> -1);
        return berth;
    }

    /** Takes its ends of the dummies that the process, which is restored and stopped, has brought along. */
    void takeLasting(int pid) throws IOException {
        int pidfd = Posix.check(Posix.pidfdOpen(pid), "pidfd_open " + pid);
        try {
            prepare(Berth::lasting, item -> keptEnd(pidfd, item));
        } finally {
            Posix.close(pidfd);
        }
    }

    /** A stream's descriptor at this end, if it has one yet. */
    private interface End {
        int of(ServiceRecord.Item item) throws IOException;
    }

    private Map<Long, Integer> prepare(Predicate<ServiceRecord.Item> these, End end) throws IOException {
        List<Arrival> arrivals = new ArrayList<>();
        for (ServiceRecord.Item item : record.streams()) {
            if (these.test(item)) {
                arrivals.add(new Arrival(item.state(), end.of(item)));
            }
        }
        return Futures.join(node.stubs().prepare(net, record.move(), arrivals, linkPolicy()));
    }

    ShadowNet net() {
        return net;
    }

    /** What comes under which descriptors. @throws IOException if the record does not say all about them */
    List<HandOver.Replacement> replacements() throws IOException {
        Map<Integer, Descriptor> byFd = record.vacated().stream().collect(Collectors.toMap(Descriptor::fd, place -> place));
        List<HandOver.Replacement> replacements = new ArrayList<>();
        for (ServiceRecord.Item item : record.streams()) {
            Integer applicationFd = applicationFds.get(item.state().id());
            if (applicationFd != null) {
                replacements.add(new HandOver.Replacement(placesOf(item.fds(), byFd), applicationFd, item.keptFd()));
            }
        }
        for (var socket : connecting.entrySet()) {
            replacements.add(new HandOver.Replacement(placesOf(socket.getKey().fds(), byFd), socket.getValue().number(), -1));
        }
        return replacements;
    }

    private static List<Descriptor> placesOf(List<Integer> fds, Map<Integer, Descriptor> byFd) throws IOException {
        List<Descriptor> places = new ArrayList<>();
        for (int fd : fds) {
            Descriptor place = byFd.get(fd);
            if (place == null) {
                throw new IOException("the record does not say how descriptor " + fd + " was");
            }
            places.add(place);
        }
        return places;
    }

    /** The process has its sockets: it shall be the only one that does. */
    void handedOver() {
        applicationFds.values().forEach(Posix::close);
        applicationFds = Map.of();
    }

    /** The commit is done: connects begin anew, stubs attach to their deputies. The process is stopped yet. */
    void start() throws IOException {
        connecting.forEach((socket, made) -> {
            if (socket.failed()) {
                made.fail();
            } else {
                made.begin();
            }
        });
        closeConnecting();
        Futures.join(node.stubs().start(ids()));
    }

    /** The AF_UNIX dummies that stay. */
    List<HostedService.UnixDummy> dummies() {
        return record.streams().stream()
                .filter(Berth::lasting)
                .map(item -> new HostedService.UnixDummy(item.state().id(), item.keptFd(), item.fds()))
                .toList();
    }

    private LinkPolicy linkPolicy() {
        return record.linkPolicy() == null ? node.links().policy() : record.linkPolicy();
    }

    /** A stream that waits for a link that does not exist would only be reset in the end. */
    private static void checkLinks(NodeParts node, ServiceRecord record) throws IOException {
        LinkPolicy policy = record.linkPolicy();
        if (policy == null || policy.kind() != LinkPolicy.Kind.EXCLUSIVE) {
            return;
        }
        for (ServiceRecord.Item item : record.streams()) {
            String origin = item.state().origin();
            if (!origin.equals(node.name()) && !policy.isKnownTo(node.links().peer(origin))) {
                throw new IOException("node " + node.name() + " has no link '" + policy.link() + "' to node " + origin + ", which " + policy
                        + " demands; it has " + node.links().peer(origin).links().stream().map(Peer::link).toList()
                        + ": move with another --link");
            }
        }
    }

    private void close() throws IOException {
        handedOver();
        closeConnecting();
        Futures.join(node.stubs().drop(ids()));
        net.close();
    }

    private void closeConnecting() {
        connecting.values().forEach(PendingConnect::close);
        connecting.clear();
    }

    private List<Long> ids() {
        return record.streams().stream().map(item -> item.state().id()).toList();
    }

    /** Pipes, terminals and unix streams keep their AF_UNIX dummy. */
    private static boolean lasting(ServiceRecord.Item item) {
        return item.state().kind() != StreamKind.TCP && item.state().kind() != StreamKind.LISTENER;
    }

    private static int keptEnd(int pidfd, ServiceRecord.Item item) throws IOException {
        return Posix.check(Posix.pidfdGetfd(pidfd, item.keptFd()), "taking the end of " + item.state());
    }
}
