package io.homeport.lab;

import io.homeport.files.DirectoryTree;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What is remembered of one lab between commands, so that a later one finds it and a crashed one can be cleaned up:
 * {@code /run/homeport-lab/NAME/lab.properties}, and per node a directory with its init's pid.
 *
 * @param name the lab's name
 * @param subnets of its networks, see {@link LabNetwork}
 * @param nodes in the order of their host numbers
 */
record LabState(String name, List<Integer> subnets, List<String> nodes) {
    private static final Path ROOT = Path.of("/run/homeport-lab");
    private static final Object IN_PROCESS = new Object();

    static Path directory(String lab) {
        return ROOT.resolve(lab);
    }

    static Path directory(String lab, String node) {
        return directory(lab).resolve(node);
    }

    /** Runs {@code work} while no other process or thread here brings a lab up or down. */
    static <T> T locked(Supplier<T> work) {
        synchronized (IN_PROCESS) {
            try {
                Files.createDirectories(ROOT);
                try (FileChannel file = FileChannel.open(
                                ROOT.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock held = file.lock()) {
                    assert held.isValid();
                    return work.get();
                }
            } catch (IOException unusable) {
                throw new LabException(
                        LabException.Kind.LACKING, "cannot use " + ROOT + " (" + unusable.getMessage() + "): run as root", unusable);
            }
        }
    }

    /** The lab of that name, up or crashed; empty if there is no trace of it. */
    static Optional<LabState> read(String lab) {
        Path file = directory(lab).resolve("lab.properties");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return Optional.of(new LabState(
                lab,
                Arrays.stream(properties.getProperty("subnets", "").split(","))
                        .filter(text -> !text.isEmpty())
                        .map(Integer::valueOf)
                        .toList(),
                Arrays.asList(properties.getProperty("nodes", "").split(","))));
    }

    void write() {
        Properties properties = new Properties();
        properties.setProperty("subnets", subnets.stream().map(String::valueOf).collect(Collectors.joining(",")));
        properties.setProperty("nodes", String.join(",", nodes));
        Path file = directory(name).resolve("lab.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, "homeport lab " + name);
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }

    /** Forgets the lab: removes its directory, whatever is in it. */
    static void delete(String lab) {
        try {
            DirectoryTree.delete(directory(lab));
        } catch (IOException busy) {
            throw new UncheckedIOException(busy);
        }
    }
}
