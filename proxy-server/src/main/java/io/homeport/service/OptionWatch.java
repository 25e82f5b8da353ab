package io.homeport.service;

import io.homeport.posix.Posix;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import io.homeport.stream.StreamPlane;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears from the agents of moved processes that a socket option was set, and has it set on the real socket, too. One
 * thread of its own does the looking, since an agent's notice must not wait.
 */
public final class OptionWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OptionWatch.class);

    private final StreamPlane streams;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "homeport-options");
        made.setDaemon(true);
        return made;
    });

    public OptionWatch(StreamPlane streams) {
        this.streams = streams;
    }

    /** From now on the options that this service sets take effect on its real sockets. */
    public void watch(HostedService service) throws IOException {
        service.agent().onNotice((fd, lost) -> thread.execute(() -> changed(service, fd, lost)));
        service.agent().describe();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void changed(HostedService service, int fd, boolean lost) {
        try {
            if (lost) {
                for (OpenFile file : FdTable.read(service.pid())) {
                    if (file.isSocket()) {
                        look(service, file.fd());
                    }
                }
            } else {
                look(service, fd);
            }
        } catch (IOException e) {
            LOG.debug("an option of {} was not looked at: {}", service.name(), e.getMessage());
        }
    }

    private void look(HostedService service, int fd) throws IOException {
        int pidfd = Posix.check(Posix.pidfdOpen(service.pid()), "pidfd_open " + service.pid());
        int duplicate = Posix.pidfdGetfd(pidfd, fd);
        Posix.close(pidfd);
        if (duplicate < 0) {
            return;
        }
        try {
            OptionalLong id = Futures.join(streams.stubs().identify(service.net(), duplicate));
            if (id.isPresent()) {
                Futures.join(streams.stubs().optionsChanged(id.getAsLong(), duplicate));
            }
        } finally {
            Posix.close(duplicate);
        }
    }
}
