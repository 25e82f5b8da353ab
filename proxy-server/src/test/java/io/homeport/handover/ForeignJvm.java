package io.homeport.handover;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A JVM with the agent that is not our direct child, so that it can be frozen (see {@link Posix#freeze}). */
final class ForeignJvm implements AutoCloseable {
    static final Path AGENT_JAR = Path.of("../agent/target/homeport-agent.jar").toAbsolutePath().normalize();

    final int pid;
    final BufferedReader output;
    private final Process shell;
    private final Path errors;

    ForeignJvm(Path javaHome, String options, Class<?> main) throws IOException {
        errors = Files.createTempFile("homeport-test", ".err");
        String command = javaHome.resolve("bin/java") + " -XX:TieredStopAtLevel=1 -Xmx128m " + options + " -cp target/test-classes " + main.getName();
        shell = new ProcessBuilder("sh", "-c", command + " & echo $!; wait").redirectError(errors.toFile()).start();
        output = new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.US_ASCII));
        pid = Integer.parseInt(output.readLine());
    }

    /** 17 is the one that runs the build; 25 is tested where it is installed. */
    static Stream<Path> javaHomes() {
        Path newer = Path.of("/usr/lib/jvm/temurin-25-jdk-amd64");
        return Stream.concat(Stream.of(Path.of(System.getProperty("java.home"))), Stream.of(newer).filter(Files::isDirectory));
    }

    static String agentOption() {
        return "-javaagent:" + AGENT_JAR;
    }

    String line() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the JVM ended: " + errors());
        }
        return line;
    }

    List<String> errors() throws IOException {
        return Files.readAllLines(errors);
    }

    @Override
    public void close() throws IOException {
        Posix.kill(pid, Linux.SIGKILL);
        shell.destroyForcibly();
        Files.deleteIfExists(errors);
    }
}
