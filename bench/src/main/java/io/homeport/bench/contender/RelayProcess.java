package io.homeport.bench.contender;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A relay's program in a node; ends with the node. The command's thread. */
record RelayProcess(long hostPid) {
    private static final long PATIENCE_MS = 30_000;
    private static final long POLL_MS = 20;

    /** Starts it and waits until it listens. @throws IOException with its last words if it does not */
    static RelayProcess start(String name, RelayPlace place, List<String> words) throws IOException, InterruptedException {
        Path log = place.node().directory().resolve(name + ".log");
        Process process = place.node()
                .exec(words)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(log.toFile()))
                .start();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (!listens(new InetSocketAddress(place.node().address(), place.port()))) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException(name + " on " + place.node().name() + " does not listen: " + Files.readString(log).strip());
            }
            Thread.sleep(POLL_MS);
        }
        return new RelayProcess(process.pid());
    }

    private static boolean listens(InetSocketAddress address) {
        try {
            SocketChannel.open(address).close();
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }
}
