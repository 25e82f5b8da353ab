package io.homeport.bench;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The class path of JVMs that are to be like anybody's: this module's classes, and nothing of Homeport. The agent's classes on an
 * application's class path would be taken for the agent's own.
 */
final class ServiceClassPath {
    private ServiceClassPath() {}

    /** @throws IllegalStateException when this module is not packaged */
    static Path jar() {
        Path jar = ownJar().resolveSibling("homeport-bench-service.jar");
        if (!Files.exists(jar)) {
            throw new IllegalStateException(jar + " is missing: build it (mvn -B -DskipTests package)");
        }
        return jar;
    }

    /** The jar, and what JMH needs in the JVMs that it forks. */
    static String withJmh() {
        return with("(jmh-core|jopt-simple|commons-math3)-.*");
    }

    /** The jar, and the libraries whose files' names match. */
    static String with(String names) {
        Path libraries = ownJar().resolveSibling("lib");
        try (Stream<Path> all = Files.list(libraries)) {
            Stream<Path> wanted = all.filter(library -> library.getFileName().toString().matches(names));
            return Stream.concat(Stream.of(jar()), wanted.sorted()).map(Path::toString).collect(Collectors.joining(":"));
        } catch (IOException unreadable) {
            throw new IllegalStateException("no libraries in " + libraries, unreadable);
        }
    }

    private static Path ownJar() {
        try {
            return Path.of(ServiceClassPath.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
