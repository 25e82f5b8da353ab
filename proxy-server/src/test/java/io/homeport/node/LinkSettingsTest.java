package io.homeport.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.config.NodeConfig;
import io.homeport.link.LinkAddress;
import io.homeport.link.LinkConfig;
import io.homeport.link.LinkPolicy;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LinkSettingsTest {
    private static final InetSocketAddress HERE = new InetSocketAddress("127.0.0.1", 7001);
    private static final InetSocketAddress BETA = new InetSocketAddress("127.0.0.1", 7002);
    private static final List<NodeConfig.PeerLink> TO_BETA = List.of(
            new NodeConfig.PeerLink(BETA, Optional.empty()), new NodeConfig.PeerLink(BETA, Optional.of("eth1")));
    private static final Path CA = Path.of("/c/ca.crt");

    @Test
    void shouldMapEverySettingOfTheLinks() {
        NodeConfig.Tls tls = new NodeConfig.Tls(CA, Path.of("/c/node.crt"), Path.of("/c/node.key"), Optional.of(Path.of("/c/ca.crl")));
        NodeConfig config = config(Optional.of(tls), new NodeConfig.Timeouts(1, 2, 3, 8, 9, 5, 6, 7, 9));

        assertThat(LinkSettings.of(config)).isEqualTo(new LinkConfig(
                "alpha",
                List.of(HERE),
                Map.of("beta", List.of(
                        LinkAddress.numbered(0, BETA), LinkAddress.by("eth1", BETA))),
                LinkPolicy.parse("preferred:eth1"),
                new LinkConfig.TlsFiles(CA, Path.of("/c/node.crt"), Path.of("/c/node.key"), Path.of("/c/ca.crl")),
                new LinkConfig.Timings(1, 2, 3, 8, 5, 6)));
    }

    @Test
    void shouldMapTheDefaultsToTheLinksOwn() {
        assertThat(LinkSettings.of(config(Optional.empty(), NodeConfig.Timeouts.DEFAULT)))
                .extracting(LinkConfig::timings)
                .isEqualTo(LinkConfig.Timings.DEFAULT);
    }

    private static NodeConfig config(Optional<NodeConfig.Tls> tls, NodeConfig.Timeouts timeouts) {
        Path runDir = Path.of("/run/homeport");
        return new NodeConfig(
                "alpha", List.of(HERE), Map.of("beta", TO_BETA), "preferred:eth1", tls, runDir, runDir, Optional.empty(), false,
                NodeConfig.Limits.DEFAULT, timeouts);
    }
}
