package io.homeport.stream;

import io.homeport.estate.Estate;
import io.homeport.estate.Landing;
import io.homeport.estate.Slot;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.socket.Sockets;
import io.homeport.socket.TcpCounters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes on with the streams of a daemon that was killed.
 *
 * <pre>
 *   slots       ─► every stream that has its descriptor, and where its ends stood
 *   old journal ─► what was read and not acknowledged for long                            ┐
 *   landing     ─► what was read and not acknowledged since                              │ into this daemon's
 *               ─► what the last read took, if it had not answered: by the kernel's count ┘ own journal
 *   settle      ─► from here on the own journal holds; a kill before it changes nothing
 *   then          inflows write what they still owe, deputies read, stubs attach
 * </pre>
 *
 * <p>Used once, on the data loop, before any lane is up.
 */
final class StreamRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(StreamRecovery.class);
    private static final int BYTES_ACKED = 4;

    private final StreamContext context;
    private final Estate estate;
    private final Deputies deputies;
    private final StubTable stubs;
    private final Map<Long, ShadowHost> hosts;
    private final Set<String> files;
    private final List<Revived> revived = new ArrayList<>();
    /** The read that the daemon before was about; null if there was none. */
    private final Landing.Last last;

    /** A stream that goes on; {@code fd} is -1 if it is closed. */
    private record Revived(StreamState state, Slot slot, StreamEnd end, int fd) {
        boolean isDeputy() {
            return slot.has(Kept.DEPUTY);
        }
    }

    StreamRecovery(StreamContext context, Deputies deputies, StubTable stubs, Map<Long, ShadowHost> hosts, Set<String> files) {
        this.context = context;
        this.estate = context.estate;
        this.deputies = deputies;
        this.stubs = stubs;
        this.hosts = hosts;
        this.files = files;
        this.last = estate.inherited() ? estate.landing().last() : null;
    }

    int run() throws IOException {
        List<Slot> published = estate.inherited() ? estate.slots().published() : List.of();
        Set<Long> back = back(published);
        for (Slot slot : published) {
            int fd = estate.store().claim(slot.name());
            try {
                if (back.contains(slot.id())) {
                    discard(slot, fd);
                } else {
                    revive(slot, fd);
                }
            } catch (IOException | RuntimeException e) {
                LOG.warn("stream {} does not outlive the daemon before this one: {}", Long.toHexString(slot.id()), e.toString());
                discard(slot, fd);
            }
        }
        estate.readJournal((id, direction, mark, offset, address, length) -> {
            StreamEnd end = direction == 0 ? deputies.end(id) : stubs.end(id);
            if (end != null) {
                end.outflow().recovered(mark, offset, address, length);
            }
        });
        revived.removeIf(stream -> stream.end() != null && !outflowGoesOn(stream));
        estate.settle();
        revived.stream().filter(stream -> stream.end() != null).forEach(stream -> stream.end().outflow().note());
        revived.stream().filter(Revived::isDeputy).forEach(this::openDeputy);
        revived.stream().filter(stream -> !stream.isDeputy()).forEach(this::startStub);
        return revived.size();
    }

    private void revive(Slot slot, int fd) throws IOException {
        StreamState state = Kept.state(estate, slot);
        boolean listener = state.kind() == StreamKind.LISTENER;
        if (slot.has(Kept.DEPUTY)) {
            if (fd < 0) {
                discard(slot, fd);
            } else if (listener) {
                deputies.takeListener(state, fd, slot);
                revived.add(new Revived(state, slot, null, fd));
            } else {
                revived.add(new Revived(state, slot, deputies.take(state, fd, slot, slot.acked()).end, fd));
            }
            return;
        }
        ShadowHost host = hosts.get(slot.service());
        if (host == null || state.kind() == StreamKind.TCP && fd >= 0 && neverConnected(fd)) {
            // A copy that was never committed; or the deputy offers the connection again.
            discard(slot, fd);
            return;
        }
        Stub stub = stubs.add(state, host.net(), slot, slot.acked(), fd);
        stub.policy = host.policy();
        // The application's options are looked at afterwards, all of them: those in the slot may be old.
        stub.optionsChanged = false;
        revived.add(new Revived(state, slot, stub.end, fd));
    }

    /** Streams of processes that have come home and have got their real sockets back already, before the daemon could note it: no others have a deputy's. */
    private Set<Long> back(List<Slot> published) {
        Set<Long> back = new HashSet<>();
        for (Slot slot : published) {
            if (!files.isEmpty() && slot.has(Kept.DEPUTY) && files.contains(estate.store().fileOf(slot.name()))) {
                back.add(slot.id());
            }
        }
        return back;
    }

    private static boolean neverConnected(int fd) throws PosixException {
        long[] info = new long[8];
        Posix.check(Posix.tcpInfo(fd, info), "TCP_INFO");
        // The SYN of whoever connects counts.
        return info[BYTES_ACKED] == 0;
    }

    private void discard(Slot slot, int fd) {
        if (fd >= 0) {
            Posix.close(fd);
        }
        Kept.free(estate, slot);
    }

    /** Completes the outflow: what of its bytes is in no journal yet. False if bytes are missing, which ends the stream. */
    private boolean outflowGoesOn(Revived stream) {
        Outflow out = stream.end().outflow();
        try {
            boolean complete = out.resume();
            byte[] unsent = stream.isDeputy() ? new byte[0] : stream.state().outbound().unsent();
            int journalled = (int) Math.min(unsent.length, out.readSoFar() - stream.state().outbound().acked());
            if (journalled >= 0 && journalled < unsent.length) {
                out.preload(Arrays.copyOfRange(unsent, journalled, unsent.length), false, false);
            }
            boolean named = last != null && last.id() == stream.slot().id() && last.direction() == stream.end().direction() && last.offset() == out.readSoFar();
            long landed = landed(stream, named ? last : null);
            if (!complete || landed < 0 || landed > 0 && (!named || landed > last.asked())) {
                throw new IOException(landed + " bytes from offset " + out.readSoFar() + " on are in neither socket nor journal: " + out
                        + ", " + last);
            }
            if (landed > 0) {
                out.recovered(last.mark(), last.offset(), last.address(), (int) landed);
            }
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.error("{} ends with a reset: {}", stream.end(), e.toString());
            if (stream.isDeputy()) {
                deputies.abort(deputies.find(stream.state().id()));
            } else {
                stubs.giveUp(stubs.find(stream.state().id()));
            }
            return false;
        }
    }

    /** How many bytes were read from the descriptor and are not kept. @param last the read that was under way, if it was this stream's */
    private static long landed(Revived stream, Landing.Last last) throws PosixException {
        boolean counts = stream.slot().has(Kept.COUNTS) && stream.fd() >= 0;
        // A closed socket does not tell whether a FIN is among its bytes; then none can have been read but by a read that was under way.
        if (!counts || last != null && last.nothing() || last == null && Sockets.state(stream.fd()) == Linux.TCP_CLOSE) {
            return 0;
        }
        long taken = stream.slot().readBase() + TcpCounters.of(stream.fd(), stream.slot().has(Kept.OUT_EOF), false).taken();
        return taken - stream.end().outflow().readSoFar();
    }

    private void openDeputy(Revived stream) {
        long id = stream.state().id();
        if (stream.end() == null) {
            deputies.findListener(id).open();
            return;
        }
        Deputy deputy = deputies.find(id);
        ListenerDeputy listener = deputies.findListener(stream.state().listenerId());
        if (listener != null && stream.slot().epoch() == 0) {
            listener.adopt(deputy);
        }
        resumeInflow(stream, StreamState.Inbound.START);
        deputy.open();
    }

    private void startStub(Revived stream) {
        if (stream.end() != null) {
            resumeInflow(stream, stream.state().inbound());
            if (stream.slot().has(Kept.GONE)) {
                stream.end().finish();
            } else if (stream.fd() < 0) {
                stream.end().outflow().mark(Mark.RESET);
            }
        }
        stubs.start(stubs.find(stream.state().id()));
    }

    private void resumeInflow(Revived stream, StreamState.Inbound carried) {
        try {
            stream.end().inflow().resume(Kept.dataWritten(stream.slot(), stream.state().kind(), stream.fd()), carried);
        } catch (PosixException e) {
            LOG.error("{}: {}", stream.end(), e.getMessage());
        }
    }
}
