package io.homeport.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeConfigFileTest {
    @TempDir
    Path directory;

    @Test
    void shouldFillInDefaults() {
        NodeConfig config = parse("name: alpha\nlisten: 127.0.0.1\ntls: off\n");

        assertThat(config).isEqualTo(new NodeConfig(
                "alpha",
                List.of(new InetSocketAddress("127.0.0.1", 7707)),
                Map.of(),
                "loadbalance",
                Optional.empty(),
                Path.of("/run/homeport"),
                Path.of("/run/homeport/state"),
                Optional.empty(),
                true,
                NodeConfig.Limits.DEFAULT,
                NodeConfig.Timeouts.DEFAULT));
        assertThat(config.socket()).isEqualTo(Path.of("/run/homeport/node.sock"));
    }

    @Test
    void shouldMapEveryKey() throws IOException {
        for (String file : List.of("ca.crt", "node.crt", "node.key")) {
            Files.createFile(directory.resolve(file));
        }
        NodeConfig config = parse("""
                name: beta
                listen: ["[::1]:7000", 127.0.0.3]
                peers:
                  alpha: 127.0.0.1:7001
                  gamma: [127.0.0.2 via eth0, "[::2]:7 via eth1"]
                linkPolicy: preferred:eth1
                tls:
                  authority: ca.crt
                  certificate: node.crt
                  key: node.key
                  revocations: ca.crl
                runDir: /run/beta
                stateDir: state
                criu: /bin/sh
                rehearse: off
                limits: {journalLimitBytes: 1_000_000, journalTotalBytes: 100_000_000, windowBytes: 100000, streams: 7, pendingAccepts: 8,
                  imageLimitBytes: 9_000_000, arrivals: 2, localConnections: 3}
                timeouts:
                  connectTimeoutMs: 11
                  probeIntervalMs: 12
                  txRetries: 1
                  linkTimeoutMs: 24
                  linkLossTimeoutMs: 1300
                  firstRetryMs: 14
                  maxRetryMs: 15
                  callTimeoutMs: 16
                  criuTimeoutMs: 180
                """);

        assertThat(config).isEqualTo(new NodeConfig(
                "beta",
                List.of(new InetSocketAddress("::1", 7000), new InetSocketAddress("127.0.0.3", 7707)),
                Map.of(
                        "alpha", List.of(link("127.0.0.1", 7001, null)),
                        "gamma", List.of(link("127.0.0.2", 7707, "eth0"), link("::2", 7, "eth1"))),
                "preferred:eth1",
                Optional.of(new NodeConfig.Tls(
                        directory.resolve("ca.crt"),
                        directory.resolve("node.crt"),
                        directory.resolve("node.key"),
                        Optional.of(directory.resolve("ca.crl")))),
                Path.of("/run/beta"),
                directory.resolve("state"),
                Optional.of(Path.of("/bin/sh")),
                false,
                new NodeConfig.Limits(1_000_000, 100_000_000, 100_000, 7, 8, 9_000_000, 2, 3),
                new NodeConfig.Timeouts(11, 12, 1, 24, 1300, 14, 15, 16, 180)));
        assertThat(parse(NodeConfigFile.print(config))).isEqualTo(config);
    }

    @Test
    void shouldReportAllMistakesWithTheirLines() {
        assertThat(mistakes("""
                name: Alpha_1
                lisen: 127.0.0.1
                peers:
                  beta: 127.0.0.1:99999
                  gamma: {a: 1}
                  delta: [127.0.0.1 via eth0, 127.0.0.2 via eth0]
                linkPolicy: random
                tls:
                  authority: no.crt
                limits: {windowBytes: 1}
                timeouts:
                  probeIntervalMs: soon
                  linkTimeoutMs: 400
                  patienceMs: 3
                name: beta
                """))
                .containsExactly(
                        "line 1: name: 'Alpha_1' must be lower-case letters, digits and '-', at most 63 of them",
                        "line 1: listen is missing: ADDRESS or ADDRESS:PORT",
                        "line 2: lisen is unknown here: use name, listen, peers, runDir, linkPolicy, tls, stateDir, criu, limits, timeouts",
                        "line 4: peers.beta: '127.0.0.1:99999' must be ADDRESS, ADDRESS:PORT, [IPv6] or [IPv6]:PORT with a port up to 65535",
                        "line 5: peers.gamma must be a single value",
                        "line 6: peers.delta: 'the same interface twice' must be a list with an interface of its own for each address",
                        "line 7: linkPolicy: 'random' must be loadbalance, preferred:IF or exclusive:IF",
                        "line 9: tls.certificate is missing: this node's certificate, node.crt",
                        "line 9: tls.key is missing: this node's private key, node.key",
                        "line 9: tls.authority: '" + directory.resolve("no.crt") + "' must be a readable file: homeport ca makes it",
                        "line 10: limits.windowBytes: '1' must be a whole number from 65536 to 1073741824",
                        "line 12: timeouts.probeIntervalMs: 'soon' must be a whole number from 10 to 3600000",
                        "line 13: timeouts.linkTimeoutMs: '400' must be at least (txRetries + 1) * probeIntervalMs (450), and twice probeIntervalMs (150)",
                        "line 14: timeouts.patienceMs is unknown here: use connectTimeoutMs, probeIntervalMs, txRetries,"
                                + " linkTimeoutMs, linkLossTimeoutMs, firstRetryMs, maxRetryMs, callTimeoutMs, criuTimeoutMs",
                        "line 15: name is given twice");
    }

    @Test
    void shouldSayWhatAnEmptyFileLacks() {
        assertThat(mistakes("")).hasSize(3).allMatch(sentence -> sentence.contains("is missing"));
    }

    @Test
    void shouldNameTheLineThatIsNoYaml() {
        assertThat(mistakes("name: alpha\nlisten: [1\ntls: off\n")).singleElement().asString().contains("line 3: not YAML");
    }

    @Test
    void shouldRefuseANodeThatIsItsOwnPeer() {
        assertThat(mistakes("name: a\nlisten: 127.0.0.1\ntls: off\npeers:\n  a: 127.0.0.1\n")).hasSize(1);
    }

    @Test
    void shouldSayWhatToDoWithoutAFile() {
        Path missing = directory.resolve("node.yaml");
        assertThat(catchThrowableOfType(ConfigException.class, () -> NodeConfigFile.read(missing)).getMessage())
                .contains(missing.toString(), "no such file", "--config");
    }

    private NodeConfig parse(String yaml) {
        return NodeConfigFile.parse("node.yaml", yaml, directory);
    }

    private static NodeConfig.PeerLink link(String host, int port, String device) {
        return new NodeConfig.PeerLink(new InetSocketAddress(host, port), Optional.ofNullable(device));
    }

    private List<String> mistakes(String yaml) {
        return catchThrowableOfType(ConfigException.class, () -> parse(yaml)).mistakes();
    }
}
