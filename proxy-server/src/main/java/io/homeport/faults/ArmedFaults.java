package io.homeport.faults;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults that a test puts into a directory, one file for each, named as the fault point. It holds one action, which happens
 * once: the file is gone then.
 *
 * <pre>
 *   fail       the step fails
 *   delay MS   it takes so much longer
 *   kill       the daemon kills itself by SIGKILL
 *   wait       it waits: the file is renamed to POINT.reached, and the step goes on when that is removed
 * </pre>
 */
final class ArmedFaults implements Faults {
    private static final Logger LOG = LoggerFactory.getLogger(ArmedFaults.class);
    private static final int POLL_MS = 5;
    /** A test that has died must not leave a daemon standing. */
    private static final int MOST_WAIT_S = 120;

    private final Path directory;

    ArmedFaults(Path directory) {
        this.directory = directory;
        LOG.warn("this daemon is a test's: it takes faults from {}", directory);
    }

    @Override
    public void reach(FaultPoint point) throws IOException {
        String action;
        Path reached = directory.resolve(point + ".reached");
        try {
            Files.move(directory.resolve(point.name()), reached, StandardCopyOption.ATOMIC_MOVE);
            action = Files.readString(reached).strip();
        } catch (NoSuchFileException none) {
            return;
        }
        LOG.warn("fault point {} {}: {}", point.number(), point, action);
        if (action.equals("wait")) {
            awaitRemoval(reached);
            return;
        }
        Files.delete(reached);
        switch (action.split(" ")[0]) {
            case "fail" -> throw new IOException("the injected fault " + point);
            case "delay" -> sleep(Integer.parseInt(action.split(" ")[1]));
            case "kill" -> Posix.kill((int) ProcessHandle.current().pid(), Linux.SIGKILL);
            default -> throw new IllegalArgumentException("no fault: " + action);
        }
    }

    private static void awaitRemoval(Path reached) throws IOException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_WAIT_S);
        while (Files.exists(reached)) {
            if (System.nanoTime() > endNs) {
                throw new IOException("nobody has removed " + reached);
            }
            sleep(POLL_MS);
        }
    }

    private static void sleep(int ms) throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted at a fault point", e);
        }
    }
}
