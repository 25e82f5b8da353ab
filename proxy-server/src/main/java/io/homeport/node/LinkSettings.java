package io.homeport.node;

import io.homeport.config.NodeConfig;
import io.homeport.link.LinkAddress;
import io.homeport.link.LinkConfig;
import io.homeport.link.LinkPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The node's settings as the links want them. Pure. */
final class LinkSettings {
    private LinkSettings() {}

    static LinkConfig of(NodeConfig config) {
        NodeConfig.Timeouts timeouts = config.timeouts();
        return new LinkConfig(
                config.name(),
                config.listen(),
                links(config),
                LinkPolicy.parse(config.linkPolicy()),
                config.tls().map(LinkSettings::files).orElse(null),
                new LinkConfig.Timings(
                        timeouts.connectTimeoutMs(),
                        timeouts.probeIntervalMs(),
                        timeouts.txRetries(),
                        timeouts.linkTimeoutMs(),
                        timeouts.firstRetryMs(),
                        timeouts.maxRetryMs()));
    }

    private static Map<String, List<LinkAddress>> links(NodeConfig config) {
        Map<String, List<LinkAddress>> links = new HashMap<>();
        config.peers().forEach((peer, given) -> {
            List<LinkAddress> addresses = new ArrayList<>();
            for (NodeConfig.PeerLink link : given) {
                addresses.add(link.device()
                        .map(device -> LinkAddress.by(device, link.address()))
                        .orElse(LinkAddress.numbered(addresses.size(), link.address())));
            }
            links.put(peer, addresses);
        });
        return links;
    }

    private static LinkConfig.TlsFiles files(NodeConfig.Tls tls) {
        return new LinkConfig.TlsFiles(tls.authority(), tls.certificate(), tls.key(), tls.revocations().orElse(null));
    }
}
