package io.homeport.bench.moves;

import io.homeport.lab.LabNode;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts a JVM in a node and waits until it says that it is ready. The command's thread. */
public final class ServiceStart {
    private static final long PATIENCE_MS = 60_000;
    private static final long POLL_MS = 20;

    private ServiceStart() {}

    /**
     * @param readyFile absolute path inside the node, into which the service writes its process id
     * @param words run in the node, its standard streams on /dev/null
     * @return the process id as the service itself sees it
     * @throws IOException when it ends, or does not get ready in time
     */
    public static int start(LabNode node, String readyFile, List<String> words) throws IOException, InterruptedException {
        Path ready = node.inside(readyFile);
        Files.deleteIfExists(ready);
        // Opened in the node: CRIU cannot save a /dev/null of a mount namespace that it does not see.
        List<String> command = new ArrayList<>(List.of("/bin/bash", "-c", "exec \"$@\" </dev/null >/dev/null 2>&1", "service"));
        command.addAll(words);
        Process process = node.exec(command).redirectErrorStream(true).redirectOutput(Redirect.DISCARD).start();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (!Files.exists(ready)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("on " + node.name() + " this does not get ready (try it by hand): " + String.join(" ", words));
            }
            Thread.sleep(POLL_MS);
        }
        return Integer.parseInt(Files.readString(ready).strip());
    }
}
