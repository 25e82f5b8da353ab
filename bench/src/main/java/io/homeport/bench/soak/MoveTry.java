package io.homeport.bench.soak;

import io.homeport.lab.LabNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One {@code homeport migrate} on its way. The turn's thread; the fault's may kill it.
 *
 * @param startedNs when it was started
 */
record MoveTry(Seat seat, String destination, Process process, CompletableFuture<Printed> output, long startedNs) {
    /** Words of a failure after the commit (docs/migration.md): the service is the destination's. */
    private static final String GIVEN = "has been given to";

    private static final int KILLED_FROM = 128;

    /** What the command said of the move. */
    enum Said {
        MOVED,
        STAYED,
        /** It was killed, or lost its daemon. */
        NOTHING
    }

    /** @param endNs when there was no more to come */
    record Printed(String text, long endNs) {}

    /** @param tookNs from its start to its end. @param text all that it printed */
    record Ended(Said said, int status, String text, long tookNs) {}

    static MoveTry start(LabNode source, Seat seat, String destination) throws IOException {
        Process process = source.exec("homeport", "migrate", seat.service(), "--to", destination, "--json")
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .start();
        CompletableFuture<Printed> output = new CompletableFuture<>();
        Thread reader = new Thread(() -> output.complete(read(process)), "soak-command");
        reader.setDaemon(true);
        reader.start();
        return new MoveTry(seat, destination, process, output, System.nanoTime());
    }

    boolean over() {
        return !process.isAlive();
    }

    /** Kills the command and what it started; the daemon goes on. @return whether it was still there */
    boolean kill() {
        List<ProcessHandle> inside = process.descendants().toList();
        inside.forEach(ProcessHandle::destroyForcibly);
        return !inside.isEmpty();
    }

    /** Waits for its end. @throws IOException when it does not end in time */
    Ended await(long patienceMs) throws IOException, InterruptedException {
        try {
            Printed printed = output.get(patienceMs, TimeUnit.MILLISECONDS);
            int status = process.waitFor();
            return new Ended(said(status, printed.text()), status, printed.text(), printed.endNs() - startedNs);
        } catch (TimeoutException late) {
            kill();
            throw new IOException("homeport migrate has not ended for " + patienceMs + " ms");
        } catch (ExecutionException unreadable) {
            throw new IOException(unreadable.getCause());
        }
    }

    static Said said(int status, String text) {
        if (status == 0 || text.contains(GIVEN)) {
            return Said.MOVED;
        }
        // 4: no daemon, or it went silent.
        return status >= KILLED_FROM || status == 4 ? Said.NOTHING : Said.STAYED;
    }

    private static Printed read(Process process) {
        String text = "";
        try {
            text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException ended) {
            // It was killed: what it said does not matter.
        }
        return new Printed(text, System.nanoTime());
    }
}
