package io.homeport.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * One mapping of a YAML file, read key by key. What is wrong goes to {@link Mistakes} with its line and a usable value
 * is returned, so that the rest can be read too. Used by one thread, once.
 */
final class YamlSection {
    /** HOST, HOST:PORT, [IPv6] or [IPv6]:PORT. */
    private static final Pattern ADDRESS = Pattern.compile("(?:\\[(?<six>[0-9A-Fa-f:.]+(?:%\\w+)?)]|(?<host>[^:\\s\\[\\]]+))(?::(?<port>\\d{1,5}))?");

    /** What may follow a peer's address: the interface to leave by (man 7 netdevice: at most 15 characters). */
    private static final String VIA = "(?:\\s+via\\s+(?<device>[A-Za-z0-9][A-Za-z0-9._-]{0,14}))?";

    private static final int HIGHEST_PORT = 65_535;
    /** Links between two nodes. */
    private static final int MOST_LINKS = 8;

    private final String path;
    private final int line;
    private final Mistakes mistakes;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();

    /** @param path the keys that lead here, empty at the top */
    YamlSection(String path, Node node, int line, Mistakes mistakes) {
        this.path = path;
        this.line = line;
        this.mistakes = mistakes;
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                put(tuple);
            }
        } else if (node != null) {
            mistakes.add(lineOf(node), (path.isEmpty() ? "the file" : path) + " must hold 'key: value' lines");
        }
    }

    private void put(NodeTuple tuple) {
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            mistakes.add(lineOf(tuple.getKeyNode()), "a key must be a word");
        } else if (values.putIfAbsent(key.getValue(), tuple.getValueNode()) != null) {
            mistakes.add(lineOf(key), full(key.getValue()) + " is given twice");
        }
    }

    /** A word that must be there and match. */
    String word(String key, Pattern allowed, String allowedText) {
        Optional<String> given = scalar(key);
        if (given.isEmpty()) {
            if (!values.containsKey(key)) {
                missing(key, allowedText);
            }
            return "?";
        }
        if (!allowed.matcher(given.get()).matches()) {
            wrong(key, given.get(), allowedText);
        }
        return given.get();
    }

    /** One address or several: at least one must be there. */
    List<InetSocketAddress> addresses(String key, int defaultPort) {
        return links(key, "", defaultPort).stream().map(NodeConfig.PeerLink::address).toList();
    }

    /** Every key of this section with one address or several, each maybe with the interface to leave by. */
    Map<String, List<NodeConfig.PeerLink>> links(Pattern allowedKey, String allowedText, int defaultPort) {
        Map<String, List<NodeConfig.PeerLink>> links = new LinkedHashMap<>();
        for (String key : values.keySet()) {
            if (!allowedKey.matcher(key).matches()) {
                mistakes.add(lineOf(values.get(key)), full(key) + ": the name must be " + allowedText);
            }
            links.put(key, links(key, VIA, defaultPort));
        }
        return links;
    }

    private List<NodeConfig.PeerLink> links(String key, String via, int defaultPort) {
        if (!values.containsKey(key)) {
            missing(key, "ADDRESS or ADDRESS:PORT");
        }
        List<NodeConfig.PeerLink> links = new ArrayList<>();
        for (String text : scalars(key)) {
            Matcher matcher = Pattern.compile("(?<address>\\S+)" + via).matcher(text);
            boolean valid = matcher.matches();
            String device = valid && !via.isEmpty() ? matcher.group("device") : null;
            links.add(new NodeConfig.PeerLink(
                    parseAddress(key, valid ? matcher.group("address") : text, defaultPort), Optional.ofNullable(device)));
        }
        if (links.size() > MOST_LINKS) {
            wrong(key, links.size() + " addresses", "at most " + MOST_LINKS + " of them");
        } else if (links.isEmpty()) {
            links.add(new NodeConfig.PeerLink(InetSocketAddress.createUnresolved("?", 0), Optional.empty()));
        }
        long devices = links.stream().flatMap(link -> link.device().stream()).count();
        if (devices > links.stream().flatMap(link -> link.device().stream()).distinct().count()) {
            wrong(key, "the same interface twice", "a list with an interface of its own for each address");
        }
        return links;
    }

    /** An absolute path, or one relative to {@code base}; empty if the key is absent. */
    Optional<Path> path(String key, Path base) {
        return scalar(key).map(text -> base.resolve(text).normalize());
    }

    /** A path that must be there. */
    Path neededPath(String key, Path base, String allowedText) {
        return path(key, base).orElseGet(() -> {
            missing(key, allowedText);
            return base;
        });
    }

    /** A whole number within bounds. */
    long number(String key, long otherwise, long least, long most) {
        return scalar(key).map(text -> {
            try {
                long value = Long.parseLong(text.replace("_", ""));
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException notOne) {
                // Falls through to the same complaint.
            }
            wrong(key, text, "a whole number from " + least + " to " + most);
            return otherwise;
        }).orElse(otherwise);
    }

    /** {@link #number} for an int. */
    int integer(String key, int otherwise, int least, int most) {
        return (int) number(key, otherwise, least, most);
    }

    /** A section below this one; without any key if it is absent. */
    YamlSection section(String key) {
        known.add(key);
        Node node = values.get(key);
        return new YamlSection(full(key), node, node == null ? line : lineOf(node), mistakes);
    }

    /** Whether the key is there and holds exactly this word. */
    boolean is(String key, String text) {
        return values.get(key) instanceof ScalarNode scalar && scalar.getValue().equals(text) && known.add(key);
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** Complains about every key that nobody asked for. Call last. */
    void end() {
        values.forEach((key, node) -> {
            if (!known.contains(key)) {
                mistakes.add(lineOf(node), full(key) + " is unknown here: use " + String.join(", ", known));
            }
        });
    }

    /** Notes a mistake in a value that could be read. */
    void wrong(String key, Object given, String allowedText) {
        mistakes.add(values.containsKey(key) ? lineOf(values.get(key)) : line, full(key) + ": '" + given + "' must be " + allowedText);
    }

    private void missing(String key, String allowedText) {
        mistakes.add(line, full(key) + " is missing: " + allowedText);
    }

    private Optional<String> scalar(String key) {
        known.add(key);
        Node node = values.get(key);
        if (node == null) {
            return Optional.empty();
        }
        if (node instanceof ScalarNode scalar && !scalar.getValue().isEmpty()) {
            return Optional.of(scalar.getValue());
        }
        mistakes.add(lineOf(node), full(key) + " must be a single value");
        return Optional.empty();
    }

    private List<String> scalars(String key) {
        if (!(values.get(key) instanceof SequenceNode list)) {
            return scalar(key).stream().toList();
        }
        known.add(key);
        List<String> texts = new ArrayList<>();
        for (Node node : list.getValue()) {
            if (node instanceof ScalarNode scalar && !scalar.getValue().isEmpty()) {
                texts.add(scalar.getValue());
            } else {
                mistakes.add(lineOf(node), full(key) + " must be a list of single values");
            }
        }
        if (list.getValue().isEmpty()) {
            mistakes.add(lineOf(list), full(key) + " is an empty list");
        }
        return texts;
    }

    private InetSocketAddress parseAddress(String key, String text, int defaultPort) {
        Matcher matcher = ADDRESS.matcher(text);
        if (matcher.matches()) {
            String host = matcher.group("six") == null ? matcher.group("host") : matcher.group("six");
            int port = matcher.group("port") == null ? defaultPort : Integer.parseInt(matcher.group("port"));
            if (port <= HIGHEST_PORT) {
                InetSocketAddress address = new InetSocketAddress(host, port);
                if (address.isUnresolved()) {
                    wrong(key, text, "an address of this network: the name " + host + " is not known");
                }
                return address;
            }
        }
        wrong(key, text, "ADDRESS, ADDRESS:PORT, [IPv6] or [IPv6]:PORT with a port up to " + HIGHEST_PORT);
        return InetSocketAddress.createUnresolved("?", 0);
    }

    private String full(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    static int lineOf(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    /** Takes a line number and a sentence. */
    interface Mistakes extends BiConsumer<Integer, String> {
        default void add(int line, String text) {
            accept(line, text);
        }
    }
}
