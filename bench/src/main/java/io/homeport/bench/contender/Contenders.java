package io.homeport.bench.contender;

import io.homeport.bench.moves.Command;
import io.homeport.bench.moves.ServiceStart;
import io.homeport.lab.LabNode;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Brings contenders up, one after the other, and keeps them: each runs from its start to the end of the measuring, so that all are equally
 * warm. Those without Homeport share one server on beta, but for the bare one on alpha. The command's thread, which closes it.
 */
public final class Contenders implements Closeable {
    private static final int SERVER_PORT = 7900;
    private static final int FIRST_RELAY_PORT = 7910;

    private final String labName;
    private final String java;
    private final ClassPaths classPaths;
    private Site site;
    private Site plainSite;
    private boolean served;

    /**
     * @param labName of a lab that is not up; a second one, whose daemons have TLS off, gets a longer name
     * @param java path of the program that client, server and relays run on
     */
    public Contenders(String labName, String java, ClassPaths classPaths) {
        this.labName = labName;
        this.java = java;
        this.classPaths = classPaths;
    }

    /** Brings one up. @throws IOException when it does not get ready */
    public Running start(Contender contender) throws IOException, InterruptedException {
        Site at = contender == Contender.HOMEPORT_PLAIN ? plainSite() : site();
        return switch (contender) {
            case DIRECT -> new Running(contender, at, server(), List::of);
            case BARE -> bare(at);
            case UNMOVED, HOMEPORT, HOMEPORT_PLAIN -> homeport(contender, at);
            case HAPROXY1 -> relays(contender, List.of(at.alpha()));
            case HAPROXY2, SOCAT, NETTY, NETTY_SPIN, AGRONA, AGRONA_WAIT, STUNNEL -> relays(contender, List.of(at.alpha(), at.beta()));
        };
    }

    /** From the last node to the first: each relay finds the next one listening. */
    private Running relays(Contender contender, List<LabNode> nodes) throws IOException, InterruptedException {
        int port = FIRST_RELAY_PORT + contender.ordinal();
        InetSocketAddress next = server();
        List<RelayProcess> processes = new ArrayList<>();
        for (int index = nodes.size() - 1; index >= 0; index--) {
            LabNode node = nodes.get(index);
            // The last relay stands beside the server.
            if (next.getAddress().equals(node.address())) {
                next = new InetSocketAddress("127.0.0.1", next.getPort());
            }
            RelayPlace place = new RelayPlace(node, port, next, index == 0);
            processes.add(RelayProcess.start(contender.toString(), place, RelayWords.of(contender, place, java, classPaths.relays())));
            next = new InetSocketAddress(node.address(), port);
        }
        return new Running(contender, site(), next, () -> processes.stream().map(RelayProcess::hostPid).toList());
    }

    private Running bare(Site at) throws IOException, InterruptedException {
        int port = FIRST_RELAY_PORT + Contender.BARE.ordinal();
        String ready = "/run/relay-bare.ready";
        ServiceStart.start(at.alpha(), ready, serverWords(port, ready));
        return new Running(Contender.BARE, at, new InetSocketAddress(at.alpha().address(), port), List::of);
    }

    private Running homeport(Contender contender, Site at) throws IOException, InterruptedException {
        int port = FIRST_RELAY_PORT + contender.ordinal();
        String name = "relay-" + contender;
        List<String> words = new ArrayList<>(List.of("homeport", "run", "--name", name, "--"));
        String ready = "/run/" + name + ".ready";
        words.addAll(serverWords(port, ready));
        ServiceStart.start(at.alpha(), ready, words);
        InetSocketAddress address = new InetSocketAddress(at.alpha().address(), port);
        if (contender == Contender.UNMOVED) {
            return new Running(contender, at, address, List::of);
        }
        Command.run(at.alpha(), List.of("homeport", "migrate", name, "--to", at.beta().name(), "--json"));
        return new Running(contender, at, address, () -> Stream.of(at.alpha(), at.beta())
                .map(node -> node.daemon().hostPid())
                .flatMap(Optional::stream)
                .toList());
    }

    private InetSocketAddress server() throws IOException, InterruptedException {
        LabNode beta = site().beta();
        if (!served) {
            String ready = "/run/relay-server.ready";
            ServiceStart.start(beta, ready, serverWords(SERVER_PORT, ready));
            served = true;
        }
        return new InetSocketAddress(beta.address(), SERVER_PORT);
    }

    private List<String> serverWords(int port, String ready) {
        return List.of(java, "-Xmx256m", "-cp", classPaths.server(), classPaths.serverClass(), Integer.toString(port), ready);
    }

    private Site site() {
        if (site == null) {
            site = Site.up(labName, "", java, classPaths);
        }
        return site;
    }

    private Site plainSite() {
        if (plainSite == null) {
            plainSite = Site.up(labName + "-plain", "tls: off", java, classPaths);
        }
        return plainSite;
    }

    @Override
    public void close() throws IOException {
        for (Site up : Arrays.asList(site, plainSite)) {
            if (up != null) {
                up.close();
            }
        }
    }
}
