package io.homeport.handover;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A JVM with the agent that is not our direct child, so that it can be frozen (see {@link Posix#freeze}). */
final class ForeignJvm implements AutoCloseable {
    static final Path AGENT_JAR = Path.of("../agent/target/homeport-agent.jar").toAbsolutePath().normalize();

    final int pid;
    private final Process shell;
    private final Path folder;

    ForeignJvm(Path javaHome, String options, Class<?> main) throws IOException {
        folder = Files.createTempDirectory("homeport-test");
        Files.createFile(folder.resolve("out"));
        Files.createFile(folder.resolve("err"));
        // Files and /dev/null, a session of its own, no performance data: so that CRIU can take it as it is.
        String command = "setsid " + javaHome.resolve("bin/java") + " -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xmx128m " + options
                + " -cp target/test-classes " + main.getName() + " </dev/null >" + folder + "/out 2>" + folder + "/err";
        shell = new ProcessBuilder("sh", "-c", command + " & echo $!; wait").start();
        pid = Integer.parseInt(new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.US_ASCII)).readLine());
    }

    /** 17 is the one that runs the build; 25 is tested where it is installed. */
    static Stream<Path> javaHomes() {
        Path newer = Path.of("/usr/lib/jvm/temurin-25-jdk-amd64");
        return Stream.concat(Stream.of(Path.of(System.getProperty("java.home"))), Stream.of(newer).filter(Files::isDirectory));
    }

    static String agentOption() {
        return "-javaagent:" + AGENT_JAR;
    }

    /** The first line of its output. */
    String line() throws IOException {
        while (shell.isAlive()) {
            List<String> lines = Files.readAllLines(folder.resolve("out"));
            if (!lines.isEmpty() && Files.readString(folder.resolve("out")).endsWith("\n")) {
                return lines.get(0);
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
        throw new IOException("the JVM ended: " + errors());
    }

    List<String> errors() throws IOException {
        return Files.readAllLines(folder.resolve("err"));
    }

    Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        Posix.kill(pid, Linux.SIGKILL);
        shell.destroyForcibly();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
    }
}
