package io.homeport.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * A JDK on this machine that services are started with.
 *
 * @param feature 17 or 25
 * @param home its directory
 */
record Jdk(int feature, Path home) {
    private static final Path WHERE = Path.of("/usr/lib/jvm");
    private static final List<Integer> WANTED = List.of(17, 25);

    /** One JDK of each wanted version, oldest first; {@code -Dhomeport.system.jdks=25} restricts them. */
    static List<Jdk> found() {
        List<Jdk> found = new ArrayList<>();
        String wanted = System.getProperty("homeport.system.jdks", "17,25");
        try (Stream<Path> homes = Files.list(WHERE)) {
            homes.filter(home -> Files.isExecutable(home.resolve("bin/java")))
                    .sorted()
                    .map(home -> new Jdk(feature(home), home))
                    .filter(jdk -> WANTED.contains(jdk.feature) && wanted.contains(Integer.toString(jdk.feature)))
                    .filter(jdk -> found.stream().noneMatch(other -> other.feature == jdk.feature))
                    .forEach(found::add);
        } catch (IOException unreadable) {
            throw new IllegalStateException("no JDKs under " + WHERE, unreadable);
        }
        found.sort(Comparator.comparing(Jdk::feature));
        return found;
    }

    /** The newest of them, for tests in which the version makes no difference. */
    static Jdk newest() {
        List<Jdk> found = found();
        return found.get(found.size() - 1);
    }

    /** The oldest of them. */
    static Jdk oldest() {
        return found().get(0);
    }

    /** Path of one of its programs. */
    String program(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    @Override
    public String toString() {
        return "JDK " + feature;
    }

    private static int feature(Path home) {
        Properties release = new Properties();
        try (var in = Files.newBufferedReader(home.resolve("release"))) {
            release.load(in);
        } catch (IOException unreadable) {
            return 0;
        }
        String version = release.getProperty("JAVA_VERSION", "0").replace("\"", "");
        return Integer.parseInt(version.split("[.+-]")[0]);
    }
}
