package io.homeport.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.homeport.hostile.Cost;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** A configuration file is the administrator's own, but a broken editor or a template may have written it. */
class NodeConfigFileFuzzTest {
    static {
        // No name is known, none is asked for on the network (java.net.InetAddress).
        System.setProperty("jdk.net.hosts.file", "/dev/null");
    }

    static Stream<byte[]> shouldReadOrNameTheMistakes() {
        return Stream.of(
                        "name: alpha\nlisten: 127.0.0.1\ntls: off\n",
                        "name: alpha\nlisten: \"[::1]:7707\"\npeers:\n  beta: 10.0.0.2:7707\ntls: off\nrunDir: /run/h\nstateDir: state\n"
                                + "limits:\n  windowBytes: 1_000_000\ntimeouts:\n  probeIntervalMs: 500\n",
                        "name: [a, b]\nlisten: &x {a: *x}\n? [1]\n: \"\\0\"\n",
                        "tls:\n  authority: ca.crt\n  certificate: node.crt\n  key: node.key\ncriu: /bin/true\n")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource
    @FuzzTest
    void shouldReadOrNameTheMistakes(byte[] file) {
        String yaml = new String(file, StandardCharsets.UTF_8);
        Cost.bounded(file.length, () -> {
            NodeConfig config;
            try {
                config = NodeConfigFile.parse("node.yaml", yaml, Path.of("/etc/homeport"));
            } catch (ConfigException mistakes) {
                assertThat(mistakes.mistakes()).isNotEmpty();
                return;
            }
            assertThat(NodeConfigFile.parse("printed", NodeConfigFile.print(config), Path.of("/"))).isEqualTo(config);
        });
    }
}
