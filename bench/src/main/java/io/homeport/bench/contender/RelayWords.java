package io.homeport.bench.contender;

import io.homeport.bench.datapath.AgronaRelay;
import io.homeport.bench.datapath.NettyRelay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** How the relays are started, with what their documentation recommends for such a use and no other tuning. Writes their configuration. */
final class RelayWords {
    /** As long as HAProxy's two hops take for a small message and its answer here: so the next one finds the loop awake. */
    static final int NETTY_SPIN_US = 100;
    /** About as long. */
    static final int AGRONA_EMPTY_CYCLES = 100;

    private RelayWords() {}

    /** In the foreground, so that they end with their node. @param classPath of {@link NettyRelay} and {@link AgronaRelay} */
    static List<String> of(Contender contender, RelayPlace place, String java, String classPath) throws IOException {
        return switch (contender) {
            case HAPROXY1, HAPROXY2 -> List.of("haproxy", "-db", "-q", "-f", write(contender, place, haproxy(place)));
            case SOCAT -> List.of(
                    "socat",
                    "TCP-LISTEN:" + place.port() + ",fork,reuseaddr,nodelay,backlog=1024",
                    "TCP:" + place.nextText() + ",nodelay");
            case STUNNEL -> List.of("stunnel", write(contender, place, stunnel(place)));
            case NETTY -> java(java, classPath, NettyRelay.class, place);
            case NETTY_SPIN -> java(java, classPath, NettyRelay.class, place, NETTY_SPIN_US);
            case AGRONA -> java(java, classPath, AgronaRelay.class, place);
            case AGRONA_WAIT -> java(java, classPath, AgronaRelay.class, place, AGRONA_EMPTY_CYCLES);
            default -> throw new IllegalArgumentException(contender + " has no relay of its own");
        };
    }

    private static List<String> java(String java, String classPath, Class<?> program, RelayPlace place, int... further) {
        List<String> words = new ArrayList<>(List.of(java, "-Xmx256m", "-cp", classPath, program.getName()));
        words.addAll(List.of(Integer.toString(place.port()), place.nextAddress(), Integer.toString(place.next().getPort())));
        IntStream.of(further).mapToObj(Integer::toString).forEach(words::add);
        return words;
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
