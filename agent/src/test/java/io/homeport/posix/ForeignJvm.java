package io.homeport.posix;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A JVM that is not our direct child, so that this JVM's process reaper does not wait for it (see {@link Posix#freeze}). */
final class ForeignJvm implements AutoCloseable {
    final int pid;
    private final Process shell;

    ForeignJvm(Class<?> main, String... arguments) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String command = java + " -Xshare:auto -XX:TieredStopAtLevel=1 -cp " + System.getProperty("java.class.path") + " " + main.getName();
        shell = new ProcessBuilder("sh", "-c", command + " " + String.join(" ", arguments) + " & echo $!; wait")
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedReader output = new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.US_ASCII));
        pid = Integer.parseInt(output.readLine());
    }

    @Override
    public void close() {
        Posix.kill(pid, Linux.SIGKILL);
        shell.destroyForcibly();
    }
}
