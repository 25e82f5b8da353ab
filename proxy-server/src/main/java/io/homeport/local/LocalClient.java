package io.homeport.local;

import io.homeport.wire.MalformedFrameException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Sends commands to a daemon of this machine. Each call has a connection of its own and blocks the calling thread.
 *
 * @param socket the daemon's; a lab node's is reached through /proc/PID/root
 */
public record LocalClient(Path socket) {
    /** Thousands of services with hundreds of sockets each. */
    private static final int MOST_REPLY_BYTES = 16 << 20;

    private static final long SEND_TIMEOUT_MS = 5_000;

    /**
     * Sends one command and waits for its end.
     *
     * @param progress called on this thread
     * @return the result, JSON of {@code io.homeport.report}
     * @throws CommandFailedException with what the daemon said, or that it says nothing
     */
    public String call(LocalMessage request, Consumer<LocalMessage.Progress> progress) {
        return call(request, progress, 0);
    }

    /** {@link #call(LocalMessage, Consumer)} that gives up after {@code timeoutMs} without a message; 0 never does. */
    public String call(LocalMessage request, Consumer<LocalMessage.Progress> progress, long timeoutMs) {
        try (LocalConnection connection = connect()) {
            connection.write(request, SEND_TIMEOUT_MS);
            while (true) {
                LocalMessage message = connection.read(MOST_REPLY_BYTES, timeoutMs);
                if (message instanceof LocalMessage.Progress step) {
                    progress.accept(step);
                } else if (message instanceof LocalMessage.Finished finished) {
                    return finished.json();
                } else if (message instanceof LocalMessage.Failed failed) {
                    throw new CommandFailedException(failed.kind(), failed.text());
                }
            }
        } catch (IOException | MalformedFrameException lost) {
            throw new CommandFailedException(
                    Failure.UNREACHABLE, "the daemon at " + socket + " went silent (" + lost.getMessage() + "): see its log");
        }
    }

    private LocalConnection connect() throws IOException {
        SocketChannel channel;
        try {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException nobody) {
            throw new CommandFailedException(
                    Failure.UNREACHABLE,
                    "no daemon answers at " + socket + " (" + nobody.getMessage() + "): start one with 'homeport node', or name a"
                            + " lab's node with --node");
        }
        return new LocalConnection(channel);
    }
}
