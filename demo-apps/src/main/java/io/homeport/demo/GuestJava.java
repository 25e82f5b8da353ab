package io.homeport.demo;

import io.homeport.demo.table.Style;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * The Java that a guest runs on: the demo's own, but for the one with virtual threads, which gets a newer one if there is
 * any.
 */
final class GuestJava {
    private static final Path JDKS = Path.of("/usr/lib/jvm");
    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;
    /** Six JVMs share two cores with three daemons: quick to start, small to move. */
    private static final List<String> OPTIONS =
            List.of("-Xms16m", "-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

    private GuestJava() {}

    /** `java` with its options, up to and without the class path. */
    static List<String> command(Guest guest) throws IOException {
        Path home = Path.of(System.getProperty("java.home"));
        if (guest.style() == Style.VIRTUAL && Runtime.version().feature() < FIRST_WITH_VIRTUAL_THREADS) {
            home = newestFrom(FIRST_WITH_VIRTUAL_THREADS, home);
        }
        List<String> words = new ArrayList<>();
        words.add(home.resolve("bin/java").toString());
        words.addAll(OPTIONS);
        return words;
    }

    private static Path newestFrom(int least, Path otherwise) throws IOException {
        Path newest = otherwise;
        int version = least - 1;
        if (Files.isDirectory(JDKS)) {
            try (DirectoryStream<Path> jdks = Files.newDirectoryStream(JDKS)) {
                for (Path jdk : jdks) {
                    if (version(jdk) > version) {
                        newest = jdk;
                        version = version(jdk);
                    }
                }
            }
        }
        return newest;
    }

    /** Feature version by the `release` file, which every JDK has since 9; 0 if it is none. */
    private static int version(Path jdk) throws IOException {
        Path release = jdk.resolve("release");
        if (!Files.isRegularFile(release) || !Files.isExecutable(jdk.resolve("bin/java"))) {
            return 0;
        }
        Properties lines = new Properties();
        try (InputStream in = Files.newInputStream(release)) {
            lines.load(in);
        }
        String digits = lines.getProperty("JAVA_VERSION", "0").replace("\"", "").split("[.+-]")[0];
        return digits.matches("\\d+") ? Integer.parseInt(digits) : 0;
    }
}
