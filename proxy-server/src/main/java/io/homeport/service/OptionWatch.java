package io.homeport.service;

import io.homeport.posix.Posix;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import io.homeport.stream.StreamPlane;
import java.io.IOException;
import java.util.List;
import java.util.Map;
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

    /** From now on the options that this service sets take effect on its real sockets. Its process may have ended already. */
    public void watch(HostedService service) {
        service.agent().onNotice((fd, lost) -> thread.execute(() -> changed(service, fd, lost)));
        try {
            service.agent().describe();
        } catch (IOException e) {
            LOG.warn("the agent of {} (process {}) does not tell of options: {}", service.name(), service.pid(), e.getMessage());
        }
    }

    /** The same for a service of the daemon before this one: whatever was set since it came is looked at. */
    public void takeUp(HostedService service) {
        thread.execute(() -> {
            watch(service);
            changed(service, 0, true);
        });
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void changed(HostedService service, int fd, boolean lost) {
        try {
            look(service, lost ? sockets(service) : List.of(fd));
        } catch (IOException e) {
            LOG.debug("an option of {} was not looked at: {}", service.name(), e.getMessage());
        }
    }

    private static List<Integer> sockets(HostedService service) throws IOException {
        return FdTable.read(service.pid()).stream().filter(OpenFile::isSocket).map(OpenFile::fd).toList();
    }

    private void look(HostedService service, List<Integer> fds) throws IOException {
        int pidfd = Posix.check(Posix.pidfdOpen(service.pid()), "pidfd_open " + service.pid());
        List<Integer> duplicates = fds.stream().map(fd -> Posix.pidfdGetfd(pidfd, fd)).filter(fd -> fd >= 0).toList();
        Posix.close(pidfd);
        try {
            for (Map.Entry<Integer, Long> one : Futures.join(streams.stubs().identify(service.net(), duplicates)).entrySet()) {
                Futures.join(streams.stubs().optionsChanged(one.getValue(), one.getKey()));
            }
        } finally {
            duplicates.forEach(Posix::close);
        }
    }
}
