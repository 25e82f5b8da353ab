package io.homeport.stream;

import io.homeport.estate.Slot;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.socket.Parking;
import io.homeport.socket.ShadowNet;
import io.homeport.socket.Sockets;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The shadow connections of an arriving process: the daemon's ends, and the application's ends, parked until they are swapped in. They may
 * be made before the process is frozen, of what it had then; what it has at the freeze decides which of them are used.
 *
 * <pre>
 *   make ─► (Stubs.foresee) ─► make what is missing ─► Stubs.adopt: the daemon's ends are stubs'
 *                                                      settle: the application's get the options of now, to be swapped in
 *   close: what was not adopted goes
 * </pre>
 *
 * <p>One thread at a time; the stubs' part is done on the data loop, which that thread waits for.
 */
public final class ShadowPairs implements Closeable {
    private final ShadowNet net;
    private final Parking parking;
    private final Map<Long, End> ends = new HashMap<>();
    /** In the order in which their other ends are parked. */
    private final List<End> parked = new ArrayList<>();

    /** A daemon's end. */
    static final class End {
        final StreamState made;
        final int daemonFd;
        final int room;
        /** Null until it is foreseen. */
        Slot slot;
        /** That of the stream as it was foreseen; null if it was not. */
        Stub stub;
        boolean adopted;

        private End(StreamState made, int daemonFd, int room) {
            this.made = made;
            this.daemonFd = daemonFd;
            this.room = room;
        }

        /** Its part of a stream that stands at {@code state}. */
        ShadowSockets.Made made(StreamState state) {
            return new ShadowSockets.Made(state, -1, daemonFd, room);
        }
    }

    public ShadowPairs(ShadowNet net) throws PosixException {
        this.net = net;
        this.parking = Parking.open();
    }

    ShadowNet net() {
        return net;
    }

    /** Makes the connections that are not there yet. After a failure those that were made are there. */
    public void make(Collection<StreamState> connections) throws PosixException {
        List<StreamState> missing = connections.stream().filter(state -> !ends.containsKey(state.id())).toList();
        for (int from = 0; from < missing.size(); from += Parking.BATCH) {
            makeBatch(missing.subList(from, Math.min(from + Parking.BATCH, missing.size())));
        }
    }

    private void makeBatch(List<StreamState> connections) throws PosixException {
        int[] applicationFds = new int[connections.size()];
        Arrays.fill(applicationFds, -1);
        List<End> made = new ArrayList<>();
        try {
            for (StreamState state : connections) {
                ShadowNet.Pair pair = net.unsettledPair(state.local(), state.remote(), state.options());
                applicationFds[made.size()] = pair.applicationFd();
                made.add(new End(state, ShadowSockets.daemonEnd(pair.daemonFd()), pair.room()));
            }
            parking.put(applicationFds);
        } catch (PosixException e) {
            made.forEach(end -> Sockets.reset(end.daemonFd));
            throw e;
        } finally {
            Arrays.stream(applicationFds).filter(fd -> fd >= 0).forEach(Posix::close);
        }
        made.forEach(end -> ends.put(end.made.id(), end));
        parked.addAll(made);
    }

    /** The application's ends, parked in the order of {@link #parkedIds}. */
    public Parking parking() {
        return parking;
    }

    /** Of each stream whose application's end is parked, whether it is used or not. */
    public List<Long> parkedIds() {
        return parked.stream().map(end -> end.made.id()).toList();
    }

    /** Makes the application's ends as these should be now. @param now the states of the streams that were adopted, with the options that they have now */
    public void settle(Collection<StreamState> now) throws IOException {
        Map<Long, StreamState> unsettled = new HashMap<>();
        for (StreamState state : now) {
            if (state.outbound().eof() || !state.options().equals(ends.get(state.id()).made.options()) || !state.options().reuse()) {
                unsettled.put(state.id(), state);
            }
        }
        if (unsettled.isEmpty()) {
            return; // as mostly
        }
        parking.look(Parking.BATCH, (first, fds) -> {
            for (int i = 0; i < fds.length; i++) {
                StreamState made = parked.get(first + i).made;
                if (unsettled.containsKey(made.id())) {
                    settle(fds[i], made, unsettled.get(made.id()));
                }
            }
        });
    }

    private static void settle(int fd, StreamState made, StreamState now) {
        if (!now.options().equals(made.options())) {
            now.options().applyButReuse(fd);
        }
        now.options().applyReuse(fd);
        if (now.outbound().eof()) {
            // It was half-closed by the application before: so is its new socket.
            Posix.shutdown(fd, Linux.SHUT_WR);
        }
    }

    /** The daemon's ends that have no slot yet. */
    List<End> unforeseen() {
        return parked.stream().filter(end -> end.slot == null).toList();
    }

    /** Whether a stub was made when the stream was foreseen. */
    boolean hasStub(StreamState state) {
        return ends.get(state.id()).stub != null;
    }

    /** The daemon's end of a stream, which is the stub's from here on. */
    End adopt(StreamState state) {
        End end = ends.get(state.id());
        end.adopted = true;
        return end;
    }

    /** Those that were made in vain. */
    List<End> unadopted() {
        return parked.stream().filter(end -> !end.adopted).toList();
    }

    /** Lets go of the application's ends. */
    @Override
    public void close() {
        parking.close();
    }
}
