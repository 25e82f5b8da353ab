package io.homeport.local;

import io.homeport.wire.MalformedFrameException;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection's one command, on the connection's thread. */
final class LocalSession {
    /** A request is a few names; this leaves room for options. */
    static final int MOST_REQUEST_BYTES = 64 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(LocalSession.class);
    /** Long enough for any living client on this machine, short enough that idle ones can't hold all places. */
    private static final long REQUEST_TIMEOUT_MS = 5_000;
    /** A caller that is not served gets little patience: its connection takes a thread. */
    private static final long BUSY_TIMEOUT_MS = 500;

    private static final long REPLY_TIMEOUT_MS = 10_000;

    private final SocketChannel channel;
    private final Caller caller;
    private final CommandHandler handler;

    LocalSession(SocketChannel channel, Caller caller, CommandHandler handler) {
        this.channel = channel;
        this.caller = caller;
        this.handler = handler;
    }

    void serve(boolean tooMany) throws IOException {
        try (LocalConnection connection = new LocalConnection(channel)) {
            Answer answer = new Answer(connection);
            if (tooMany) {
                hear(connection);
                answer.failed(Failure.BUSY, "the daemon serves too many commands: try again later");
                return;
            }
            try {
                dispatch(connection.read(MOST_REQUEST_BYTES, REQUEST_TIMEOUT_MS), answer);
            } catch (MalformedFrameException nonsense) {
                LOG.warn("{} sent nonsense to the local socket: {}", caller.name(), nonsense.getMessage());
                answer.failed(Failure.BAD_REQUEST, "the daemon could not read the request (" + nonsense.getMessage() + ")");
            } catch (RuntimeException broken) {
                LOG.error("a command of {} failed", caller.name(), broken);
                answer.failed("the daemon failed: " + broken + " (its log has more)");
            }
            answer.failed("the daemon gave no answer (a bug: its log may have more)");
        }
    }

    /** Takes the request that is not served: a socket closed with unread bytes tells its peer of a reset, not of the answer (unix(7)). */
    private static void hear(LocalConnection connection) throws IOException {
        try {
            connection.read(MOST_REQUEST_BYTES, BUSY_TIMEOUT_MS);
        } catch (MalformedFrameException nonsense) {
            LOG.debug("not served, and not understood either: {}", nonsense.getMessage());
        }
    }

    private void dispatch(LocalMessage request, Reply reply) {
        if (request instanceof LocalMessage.Status) {
            handler.status(caller, reply);
        } else if (request instanceof LocalMessage.Ps) {
            handler.ps(caller, reply);
        } else if (request instanceof LocalMessage.Upgrade) {
            handler.upgrade(caller, reply);
        } else if (request instanceof LocalMessage.Migrate migrate) {
            handler.migrate(caller, migrate, reply);
        } else {
            throw new MalformedFrameException("a reply where a request was expected");
        }
    }

    /** Ends once; a caller that has gone is no error. */
    private static final class Answer implements Reply {
        private final LocalConnection connection;
        private final AtomicBoolean ended = new AtomicBoolean();

        Answer(LocalConnection connection) {
            this.connection = connection;
        }

        @Override
        public void progress(String step, String text, long bytesDone, long bytesTotal) {
            if (!ended.get()) {
                try {
                    connection.offer(new LocalMessage.Progress(step, text, bytesDone, bytesTotal));
                } catch (IOException gone) {
                    LOG.debug("nobody reads the progress: {}", gone.toString());
                }
            }
        }

        @Override
        public void finished(String json) {
            end(new LocalMessage.Finished(json));
        }

        @Override
        public void failed(Failure kind, String text) {
            end(new LocalMessage.Failed(kind, text));
        }

        private void end(LocalMessage last) {
            if (ended.compareAndSet(false, true)) {
                try {
                    connection.write(last, REPLY_TIMEOUT_MS);
                } catch (IOException gone) {
                    LOG.info("nobody waits for the answer: {}", gone.toString());
                }
            }
        }
    }
}
