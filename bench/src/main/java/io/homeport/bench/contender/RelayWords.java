package io.homeport.bench.contender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How the relays are started, with what their documentation recommends for such a use and no other tuning. Writes their configuration. */
final class RelayWords {
    private RelayWords() {}

    /** In the foreground, so that they end with their node. @param classPath of {@link NettyRelay} */
    static List<String> of(Contender contender, RelayPlace place, String java, String classPath) throws IOException {
        return switch (contender) {
            case HAPROXY1, HAPROXY2 -> List.of("haproxy", "-db", "-q", "-f", write(contender, place, haproxy(place)));
            case SOCAT -> List.of(
                    "socat",
                    "TCP-LISTEN:" + place.port() + ",fork,reuseaddr,nodelay,backlog=1024",
                    "TCP:" + place.nextText() + ",nodelay");
            case STUNNEL -> List.of("stunnel", write(contender, place, stunnel(place)));
            case NETTY -> List.of(
                    java, "-Xmx256m", "-cp", classPath, NettyRelay.class.getName(), Integer.toString(place.port()), place.nextAddress(),
                    Integer.toString(place.next().getPort()));
            default -> throw new IllegalArgumentException(contender + " has no relay of its own");
        };
    }

    /** As many threads as there are processors, its default. */
    static String haproxy(RelayPlace place) {
        return """
                global
                  maxconn 4096
                defaults
                  mode tcp
                  timeout connect 10s
                  timeout client 1h
                  timeout server 1h
                  option splice-auto
                listen relay
                  bind :%d
                  server next %s
                """.formatted(place.port(), place.nextText());
    }

    /** The nodes' certificates of the lab, both checked, as Homeport's links do. */
    static String stunnel(RelayPlace place) {
        Path files = place.node().directory();
        return """
                foreground = yes
                pid =
                debug = err
                socket = l:TCP_NODELAY=1
                socket = r:TCP_NODELAY=1
                sslVersionMin = TLSv1.3
                [relay]
                client = %s
                accept = 0.0.0.0:%d
                connect = %s
                cert = %s
                key = %s
                CAfile = %s
                verifyChain = yes
                """.formatted(place.first() ? "yes" : "no", place.port(), place.nextText(), files.resolve("node.crt"),
                files.resolve("node.key"), files.resolve("ca.crt"));
    }

    private static String write(Contender contender, RelayPlace place, String configuration) throws IOException {
        return Files.writeString(place.node().directory().resolve(contender + ".conf"), configuration).toString();
    }
}
