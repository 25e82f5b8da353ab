package io.homeport.config;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads a node's configuration file once, reporting all of its mistakes together; prints what came of it. */
public final class NodeConfigFile {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final String NAME_TEXT = "lower-case letters, digits and '-', at most 63 of them";
    private static final Pattern LINK_POLICY = Pattern.compile("loadbalance|(preferred|exclusive):[A-Za-z0-9][A-Za-z0-9._-]{0,14}");
    private static final String LINK_POLICY_TEXT = "loadbalance, preferred:IF or exclusive:IF";
    private static final Pattern ON_OR_OFF = Pattern.compile("on|off");
    private static final int MOST_MS = 3_600_000;

    private final List<Mistake> mistakes = new ArrayList<>();
    private final Path base;

    private NodeConfigFile(Path base) {
        this.base = base;
    }

    /**
     * Reads {@code file}; paths in it are relative to its directory.
     *
     * @throws ConfigException with every mistake
     */
    public static NodeConfig read(Path file) {
        try {
            return parse(file.toString(), Files.readString(file), file.toAbsolutePath().getParent());
        } catch (NoSuchFileException missing) {
            throw new ConfigException(
                    file.toString(), List.of("no such file: write one (README, 'Configuration') or name it with --config FILE"));
        } catch (IOException unreadable) {
            throw new ConfigException(file.toString(), List.of("cannot be read: " + unreadable.getMessage()));
        }
    }

    /** {@link #read} for text that is in memory; {@code name} stands in the messages. */
    static NodeConfig parse(String name, String yaml, Path base) {
        NodeConfigFile reading = new NodeConfigFile(base);
        NodeConfig config;
        try {
            Optional<Node> top = new Compose(LoadSettings.builder().setAllowDuplicateKeys(true).build()).composeString(yaml);
            config = reading.node(new YamlSection("", top.orElse(null), 1, reading::note));
        } catch (MarkedYamlEngineException broken) {
            int line = broken.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            throw new ConfigException(name, List.of("line " + line + ": not YAML: " + broken.getProblem()));
        } catch (YamlEngineException broken) {
            throw new ConfigException(name, List.of("not YAML: " + broken.getMessage()));
        }
        if (!reading.mistakes.isEmpty()) {
            List<String> sentences = reading.mistakes.stream()
                    .sorted(Comparator.comparingInt(Mistake::line))
                    .map(mistake -> "line " + mistake.line + ": " + mistake.text)
                    .toList();
            throw new ConfigException(name, sentences);
        }
        return config;
    }

    /** The effective values as a configuration file that would give them again. */
    public static String print(NodeConfig config) {
        StringBuilder out = new StringBuilder();
        out.append("name: ").append(config.name()).append('\n');
        out.append("listen: ").append(list(config.listen().stream().map(NodeConfigFile::text))).append('\n');
        out.append(config.peers().isEmpty() ? "peers: {}\n" : "peers:\n");
        config.peers().forEach((peer, links) -> out.append("  ").append(peer).append(": ").append(
                list(links.stream().map(NodeConfigFile::text))).append('\n'));
        out.append("linkPolicy: ").append(config.linkPolicy()).append('\n');
        config.tls().ifPresentOrElse(
                tls -> {
                    out.append("tls:\n  authority: ").append(tls.authority());
                    out.append("\n  certificate: ").append(tls.certificate());
                    out.append("\n  key: ").append(tls.key()).append('\n');
                    tls.revocations().ifPresent(list -> out.append("  revocations: ").append(list).append('\n'));
                },
                () -> out.append("tls: off\n"));
        out.append("runDir: ").append(config.runDir()).append('\n');
        out.append("stateDir: ").append(config.stateDir()).append('\n');
        config.criu().ifPresent(criu -> out.append("criu: ").append(criu).append('\n'));
        out.append("rehearse: ").append(config.rehearse() ? "on" : "off").append('\n');
        components(out, "limits", config.limits());
        components(out, "timeouts", config.timeouts());
        return out.toString();
    }

    private NodeConfig node(YamlSection top) {
        String name = top.word("name", NAME, NAME_TEXT);
        var listen = top.addresses("listen", NodeConfig.DEFAULT_PORT);
        var peers = top.section("peers").links(NAME, NAME_TEXT, NodeConfig.DEFAULT_PORT);
        if (peers.containsKey(name)) {
            top.section("peers").wrong(name, name, "another node's name: this is the node itself");
        }
        Path runDir = top.path("runDir", base).orElse(NodeConfig.DEFAULT_RUN_DIR);
        NodeConfig config = new NodeConfig(
                name,
                listen,
                peers,
                top.has("linkPolicy") ? top.word("linkPolicy", LINK_POLICY, LINK_POLICY_TEXT) : "loadbalance",
                tls(top),
                runDir,
                top.path("stateDir", base).orElse(runDir.resolve("state")),
                top.path("criu", base),
                !top.has("rehearse") || top.word("rehearse", ON_OR_OFF, "on or off").equals("on"),
                limits(top.section("limits")),
                timeouts(top.section("timeouts")));
        config.criu().filter(criu -> !Files.isExecutable(criu)).ifPresent(criu -> top.wrong(
                "criu", criu, "a program: homeport criu-install gets one"));
        top.end();
        return config;
    }

    private Optional<NodeConfig.Tls> tls(YamlSection top) {
        if (top.is("tls", "off")) {
            return Optional.empty();
        }
        YamlSection section = top.section("tls");
        if (!top.has("tls")) {
            note(1, "tls is missing: authority, certificate and key (homeport ca makes them), or 'tls: off' in a closed network");
            return Optional.empty();
        }
        NodeConfig.Tls tls = new NodeConfig.Tls(
                section.neededPath("authority", base, "the cluster's certificate, ca.crt"),
                section.neededPath("certificate", base, "this node's certificate, node.crt"),
                section.neededPath("key", base, "this node's private key, node.key"),
                section.path("revocations", base));
        Map.of("authority", tls.authority(), "certificate", tls.certificate(), "key", tls.key()).forEach((key, file) -> {
            if (!Files.isReadable(file)) {
                section.wrong(key, file, "a readable file: homeport ca makes it");
            }
        });
        section.end();
        return Optional.of(tls);
    }

    private static NodeConfig.Limits limits(YamlSection section) {
        NodeConfig.Limits usual = NodeConfig.Limits.DEFAULT;
        NodeConfig.Limits limits = new NodeConfig.Limits(
                section.number("journalLimitBytes", usual.journalLimitBytes(), 64 << 10, 64L << 30),
                section.number("journalTotalBytes", usual.journalTotalBytes(), 64 << 20, 1L << 40),
                section.integer("windowBytes", usual.windowBytes(), 64 << 10, 1 << 30),
                section.integer("streams", usual.streams(), 1, 1_000_000),
                section.integer("pendingAccepts", usual.pendingAccepts(), 1, 4_096),
                section.number("imageLimitBytes", usual.imageLimitBytes(), 1 << 20, 1L << 50),
                section.integer("arrivals", usual.arrivals(), 1, 1_000),
                section.integer("localConnections", usual.localConnections(), 1, 1_000));
        if (limits.journalTotalBytes() < limits.journalLimitBytes()) {
            section.wrong("journalTotalBytes", limits.journalTotalBytes(), "not below journalLimitBytes (" + limits.journalLimitBytes() + ")");
        }
        section.end();
        return limits;
    }

    private static NodeConfig.Timeouts timeouts(YamlSection section) {
        NodeConfig.Timeouts usual = NodeConfig.Timeouts.DEFAULT;
        NodeConfig.Timeouts timeouts = new NodeConfig.Timeouts(
                section.integer("connectTimeoutMs", usual.connectTimeoutMs(), 10, MOST_MS),
                section.integer("probeIntervalMs", usual.probeIntervalMs(), 10, MOST_MS),
                section.integer("txRetries", usual.txRetries(), 0, 100),
                section.integer("linkTimeoutMs", usual.linkTimeoutMs(), 20, MOST_MS),
                section.integer("linkLossTimeoutMs", usual.linkLossTimeoutMs(), 100, MOST_MS),
                section.integer("firstRetryMs", usual.firstRetryMs(), 1, MOST_MS),
                section.integer("maxRetryMs", usual.maxRetryMs(), 1, MOST_MS),
                section.integer("callTimeoutMs", usual.callTimeoutMs(), 10, MOST_MS),
                section.integer("criuTimeoutMs", usual.criuTimeoutMs(), 100, MOST_MS));
        int probingMs = (1 + timeouts.txRetries()) * timeouts.probeIntervalMs();
        if (timeouts.linkTimeoutMs() < Math.max(probingMs, 2 * timeouts.probeIntervalMs())) {
            section.wrong("linkTimeoutMs", timeouts.linkTimeoutMs(), "at least (txRetries + 1) * probeIntervalMs (" + probingMs
                    + "), and twice probeIntervalMs (" + timeouts.probeIntervalMs() + ")");
        }
        if (timeouts.maxRetryMs() < timeouts.firstRetryMs()) {
            section.wrong("maxRetryMs", timeouts.maxRetryMs(), "not below firstRetryMs (" + timeouts.firstRetryMs() + ")");
        }
        section.end();
        return timeouts;
    }

    private static void components(StringBuilder out, String title, Record values) {
        out.append(title).append(":\n");
        for (var component : values.getClass().getRecordComponents()) {
            try {
                out.append("  ").append(component.getName()).append(": ").append(component.getAccessor().invoke(values)).append('\n');
            } catch (ReflectiveOperationException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    private static String list(Stream<String> texts) {
        List<String> all = texts.toList();
        return all.size() == 1 ? all.get(0) : "[" + String.join(", ", all) + "]";
    }

    private static String text(NodeConfig.PeerLink link) {
        String address = plain(link.address());
        return quotedIfNeeded(link.device().map(device -> address + " via " + device).orElse(address));
    }

    private static String text(InetSocketAddress address) {
        return quotedIfNeeded(plain(address));
    }

    private static String plain(InetSocketAddress address) {
        String host = address.getAddress() == null ? address.getHostString() : address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static String quotedIfNeeded(String text) {
        return text.startsWith("[") ? '"' + text + '"' : text;
    }

    private void note(int line, String text) {
        mistakes.add(new Mistake(line, text));
    }

    private record Mistake(int line, String text) {}
}
