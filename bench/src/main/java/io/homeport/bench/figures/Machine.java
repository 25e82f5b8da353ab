package io.homeport.bench.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** Says in one line what a figure was measured on. Any thread. */
public final class Machine {
    private Machine() {}

    /** Processors, memory, kernel and Java, and how busy the machine was with other things just now. */
    public static String describe() {
        return String.format(
                Locale.ROOT,
                "%d x %s, %s, Linux %s, Java %s, load average %s",
                Runtime.getRuntime().availableProcessors(),
                line("/proc/cpuinfo", "model name"),
                memory(),
                System.getProperty("os.version"),
                Runtime.version(),
                first("/proc/loadavg"));
    }

    private static String memory() {
        String kilobytes = line("/proc/meminfo", "MemTotal").replaceAll("[^0-9]", "");
        return kilobytes.isEmpty() ? "unknown memory" : Long.parseLong(kilobytes) / (1 << 20) + " GiB";
    }

    /** The text after the colon of the first line that begins so. */
    private static String line(String file, String beginning) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(beginning))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException unreadable) {
            return "unknown";
        }
    }

    private static String first(String file) {
        try {
            return Files.readString(Path.of(file)).split(" ")[0];
        } catch (IOException unreadable) {
            return "unknown";
        }
    }
}
