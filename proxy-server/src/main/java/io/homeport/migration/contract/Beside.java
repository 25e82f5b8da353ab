package io.homeport.migration.contract;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One piece of work on a thread of its own while a migration's thread does another: the peers wait for both, and neither needs the other. */
public final class Beside<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Beside.class);

    private final String name;
    private final FutureTask<T> work;

    private Beside(String name, FutureTask<T> work) {
        this.name = name;
        this.work = work;
    }

    /** Begins it. Whoever does must {@link #await} it, however the other work ends. {@code name}: the thread's. */
    public static <T> Beside<T> begin(String name, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return new Beside<>(name, task);
    }

    /** What came of it. @throws IOException if it failed */
    public T await() throws IOException {
        try {
            return work.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException said ? said : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while it waited for " + name, e);
        }
    }

    /** Returns when it has ended: what came of it, empty if it failed. */
    public Optional<T> awaitEnd() {
        try {
            return Optional.ofNullable(await());
        } catch (IOException e) {
            LOG.debug("{} came to nothing: {}", name, e.getMessage());
            return Optional.empty();
        }
    }
}
