package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a migration could leave behind in the nodes of the lab: copies, capsules, CRIU, mounts, shadow namespaces, images, words, files, packet
 * filter rules. Taken down once before, held against what is there after each fault. The test's thread.
 */
final class Remains {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> NODES = List.of(Harbour.ALPHA, Harbour.BETA, Harbour.GAMMA);
    /** Where a process may have files of its own (those of the daemon aside). */
    private static final List<String> PRIVATE = List.of("/tmp", "/var/tmp", "/dev/shm", "/run");

    private final Harbour harbour;
    private final String service;
    private final Map<String, String> filters = new HashMap<>();
    private final Map<String, Integer> mounts = new HashMap<>();
    private final Set<String> foreign = new TreeSet<>();

    private record Seen(int pid, String commandLine, char state) {}

    /** @param service a word that only this service's command line has */
    Remains(Harbour harbour, String service) throws Exception {
        this.harbour = harbour;
        this.service = service;
        for (String node : NODES) {
            filters.put(node, filter(node));
            mounts.put(node, mounts(node));
            foreign.addAll(shadowNamespaces(node));
        }
    }

    /** The files at a node in private directories, for {@link #assertSameFiles}. */
    Set<String> files(String node) throws IOException {
        Set<String> files = new TreeSet<>();
        for (String directory : PRIVATE) {
            Path top = harbour.node(node).inside(directory);
            try (Stream<Path> walk = Files.walk(top)) {
                walk.map(path -> directory + "/" + top.relativize(path)).filter(Remains::isNoDaemons).forEach(files::add);
            } catch (java.io.UncheckedIOException meanwhile) {
                return files(node);
            }
        }
        return files;
    }

    /** One copy runs, here; nothing else of the migration is anywhere. */
    void assertOneCopy(String node, String when) {
        await(when).atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
            List<String> copies = new ArrayList<>();
            for (String each : NODES) {
                List<Seen> processes = processes(each);
                processes.stream()
                        .filter(seen -> isService(seen) && seen.state != 'Z')
                        .forEach(seen -> copies.add(each + (seen.state == 'T' || seen.state == 't' ? " stopped " + seen.pid : "")));
                assertThat(processes).as("criu on " + each).noneMatch(seen -> seen.commandLine.contains("/criu ") && !isCapsule(seen));
                assertThat(processes.stream().filter(Remains::isCapsule)).as("capsules on " + each).hasSizeLessThanOrEqualTo(each.equals(node) ? 1 : 0);
                assertThat(left(each, "images")).as("images on " + each).isEmpty();
                assertThat(left(each, "arrivals")).as("arrivals on " + each).isEmpty();
                assertThat(left(each, "commits")).as("words on " + each).isEmpty();
                assertThat(mounts(each)).as("mounts on " + each).isEqualTo(mounts.get(each));
                assertThat(shadowNamespaces(each)).as("shadow namespaces on " + each).hasSizeLessThanOrEqualTo(each.equals(node) ? 1 : 0);
            }
            assertThat(copies).as("copies of " + service).containsExactly(node);
        });
    }

    /** Nothing was added to the packet filters. */
    void assertSameFilters() throws Exception {
        for (String node : NODES) {
            assertThat(filter(node)).as("packet filter of " + node).isEqualTo(filters.get(node));
        }
    }

    /** The service's processes on a node, stopped or not. */
    List<Integer> copies(String node) throws IOException {
        return processes(node).stream().filter(this::isService).map(Seen::pid).toList();
    }

    private boolean isService(Seen seen) {
        return seen.commandLine.contains(service) && seen.commandLine.contains("java ") && !seen.commandLine.contains("homeport-capsule")
                && !seen.commandLine.contains("homeport.jar");
    }

    private String filter(String node) throws Exception {
        return harbour.shell(node, "iptables-save 2>/dev/null; nft list ruleset 2>/dev/null; true").output().lines()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.joining("\n"));
    }

    private int mounts(String node) throws IOException {
        return Files.readAllLines(harbour.node(node).inside("/proc/1/mountinfo")).size();
    }

    private List<String> left(String node, String directory) throws IOException {
        try (Stream<Path> files = Files.list(harbour.node(node).inside("/run/homeport/state/" + directory))) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> !name.startsWith("failed-") && !name.equals("left-behind"))
                    .toList();
        }
    }

    /** Network namespaces of the daemon's own, those of services of earlier tests left out: it has a descriptor of each. */
    private Set<String> shadowNamespaces(String node) throws IOException {
        Set<String> found = new TreeSet<>();
        for (Seen seen : processes(node)) {
            if (seen.commandLine.contains("homeport.jar node")) {
                Path process = harbour.node(node).inside("/proc/" + seen.pid);
                try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
                    for (Path descriptor : descriptors) {
                        found.add(target(descriptor));
                    }
                }
                found.remove(target(process.resolve("ns/net")));
            }
        }
        found.removeIf(target -> !target.startsWith("net:") || foreign.contains(target));
        return found;
    }

    /** Empty if it has just been closed. */
    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closed) {
            return "";
        }
    }

    private List<Seen> processes(String node) throws IOException {
        List<Seen> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(harbour.node(node).inside("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                try {
                    String line = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1).replace('\0', ' ');
                    String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
                    found.add(new Seen(Integer.parseInt(process.getFileName().toString()), line, stat.charAt(stat.lastIndexOf(')') + 2)));
                } catch (IOException ended) {
                    continue;
                }
            }
        }
        return found;
    }

    /** One that CRIU has restored into; a service that has never moved may have the other sort. */
    private static boolean isCapsule(Seen seen) {
        return seen.commandLine.contains("homeport-capsule restore ");
    }

    private static boolean isNoDaemons(String path) {
        return !path.startsWith("/run/homeport/") && !path.startsWith("/run/homeport-lab/") && !path.contains("hsperfdata")
                && !path.contains("homeport-criu");
    }
}
