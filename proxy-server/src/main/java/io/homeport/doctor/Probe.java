package io.homeport.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Small ways of asking: a command that ought to work, a line of a file, a program on the path. */
final class Probe {
    private static final long PATIENCE_S = 60;

    private Probe() {}

    static boolean onPath(String tool) {
        for (String directory : (System.getenv("PATH") + ":/usr/sbin:/sbin").split(":")) {
            if (Files.isExecutable(Path.of(directory, tool))) {
                return true;
            }
        }
        return false;
    }

    /** The first line of a file that begins so, without that beginning; empty if there is none. */
    static String first(Path file, String beginning) {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(beginning)) {
                    return line.substring(beginning.length()).strip();
                }
            }
        } catch (IOException absent) {
            // As good as an empty file.
        }
        return "";
    }

    /** What a command said when it failed; empty if it did not. */
    static String trouble(String... words) {
        try {
            Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes()).strip();
            if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return words[0] + " does not end";
            }
            return process.exitValue() == 0 ? "" : said.isEmpty() ? words[0] + " ends with " + process.exitValue() : said;
        } catch (IOException absent) {
            return absent.getMessage();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
