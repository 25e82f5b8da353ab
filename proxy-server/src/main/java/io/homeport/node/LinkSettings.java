package io.homeport.node;

import io.homeport.config.NodeConfig;
import io.homeport.link.LinkConfig;

/** The node's settings as the links want them. Pure. */
final class LinkSettings {
    private LinkSettings() {}

    static LinkConfig of(NodeConfig config) {
        NodeConfig.Timeouts timeouts = config.timeouts();
        return new LinkConfig(
                config.name(),
                config.listen(),
                config.peers(),
                config.tls().map(LinkSettings::files).orElse(null),
                new LinkConfig.Timings(
                        timeouts.connectTimeoutMs(),
                        timeouts.keepaliveMs(),
                        timeouts.silenceTimeoutMs(),
                        timeouts.firstRetryMs(),
                        timeouts.maxRetryMs()));
    }

    private static LinkConfig.TlsFiles files(NodeConfig.Tls tls) {
        return new LinkConfig.TlsFiles(tls.authority(), tls.certificate(), tls.key(), tls.revocations().orElse(null));
    }
}
