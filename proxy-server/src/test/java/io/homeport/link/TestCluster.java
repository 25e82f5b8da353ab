package io.homeport.link;

import io.homeport.ca.CertificateAuthority;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Nodes of a cluster in one JVM: real TCP and TLS on the loopback interface. */
public final class TestCluster implements AutoCloseable {
    /** Short time-outs: a test does not wait for seconds. */
    public static final LinkConfig.Timings QUICK = new LinkConfig.Timings(1_000, 100, 2, 1_000, 10, 200);

    private final Path directory;
    private final CertificateAuthority authority;
    private final Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private LinkConfig.Timings timings = QUICK;

    /** Chooses addresses for these nodes; none is started yet. */
    public TestCluster(Path directory, String... nodes) throws IOException {
        this.directory = directory;
        this.authority = CertificateAuthority.create(directory.resolve("ca"));
        List<ServerSocket> sockets = new ArrayList<>();
        for (String node : nodes) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            addresses.put(node, (InetSocketAddress) socket.getLocalSocketAddress());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
    }

    public TestCluster timings(LinkConfig.Timings changed) {
        timings = changed;
        return this;
    }

    public CertificateAuthority authority() {
        return authority;
    }

    public InetSocketAddress address(String node) {
        return addresses.get(node);
    }

    public LinkConfig.TlsFiles certificateFor(String node) throws IOException {
        CertificateAuthority.NodeFiles files = authority.issue(node, directory.resolve(node));
        return new LinkConfig.TlsFiles(files.authority(), files.certificate(), files.key(), directory.resolve("ca/ca.crl"));
    }

    public LinkConfig config(String node) throws IOException {
        Map<String, InetSocketAddress> peers = new HashMap<>(addresses);
        peers.remove(node);
        return new LinkConfig(node, addresses.get(node), peers, certificateFor(node), timings);
    }

    /** Links that are not started; closed with this. */
    public Links links(LinkConfig config) {
        EventLoopGroup dataLoop = Links.newDataLoopGroup();
        Links links = new Links(config, dataLoop.next());
        opened.add(0, () -> dataLoop.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS).awaitUninterruptibly());
        opened.add(0, links);
        return links;
    }

    public Links links(String node) throws IOException {
        return links(config(node));
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }
}
