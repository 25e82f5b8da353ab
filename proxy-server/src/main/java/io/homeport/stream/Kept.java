package io.homeport.stream;

import io.homeport.estate.Estate;
import io.homeport.estate.Slot;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.socket.TcpCounters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a stream into its {@link Slot} and reads it back: what a daemon must know to go on with the stream of one that was killed.
 *
 * <pre>
 *   keep:  slot described ─► descriptor into the store ─► slot published       killed before: there is no such stream
 *   free:  slot cleared   ─► descriptor out of the store                       killed between: a descriptor without a slot is closed
 * </pre>
 *
 * <p>Data loop.
 */
final class Kept {
    /** An end of file, a reset, a close is the last of what was read. */
    static final int OUT_EOF = 1;

    static final int OUT_RESET = 2;
    static final int OUT_CLOSED = 4;
    /** Noted before it is done to the descriptor, and done again after a kill: none of it harms twice. */
    static final int IN_EOF = 8;

    static final int IN_RESET = 16;
    static final int IN_CLOSED = 32;
    static final int DEPUTY = 64;
    /** The descriptor is closed: no other comes for it. */
    static final int GONE = 128;
    /** The end had been shut down for writing before it became a stream. */
    static final int BEGAN_SHUT = 256;
    /** Too long for the slot: the state lies in a file beside it. */
    static final int BESIDE = 512;
    /** The bases hold. */
    static final int COUNTS = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Kept.class);

    private Kept() {}

    static int flagOf(byte mark) {
        return mark == Mark.EOF ? OUT_EOF : mark == Mark.RESET ? OUT_RESET : OUT_CLOSED;
    }

    static int inFlagOf(byte mark) {
        return mark == Mark.EOF ? IN_EOF : mark == Mark.RESET ? IN_RESET : IN_CLOSED;
    }

    /** The last mark that was read. */
    static byte lastMark(Slot slot) {
        return slot.has(OUT_CLOSED) ? Mark.CLOSED : slot.has(OUT_RESET) ? Mark.RESET : slot.has(OUT_EOF) ? Mark.EOF : Mark.DATA;
    }

    /** The ends that were passed on to the descriptor, in their order. */
    static List<Byte> applied(Slot slot) {
        List<Byte> applied = new ArrayList<>();
        for (byte mark : new byte[] {Mark.EOF, Mark.RESET, Mark.CLOSED}) {
            if (slot.has(inFlagOf(mark))) {
                applied.add(mark);
            }
        }
        return applied;
    }

    /**
     * Begins a stream's slot; the descriptor has not been read or written yet by this end.
     *
     * @param fd its descriptor, -1 if it has none
     * @param service whose shadow namespace it is in, with its room; 0 for deputies
     */
    static Slot begin(StreamContext context, StreamState state, Role role, int fd, long service, int room, int epoch) {
        Slot slot = context.estate.slots().allocate();
        slot.fileFlags(fd < 0 ? 0 : Posix.fcntl(fd, Linux.F_GETFL, 0));
        try {
            fill(context, slot, state, role, fd, service, room, epoch);
            if (fd >= 0 && context.estate.lasts(slot)) {
                context.estate.store().keep(slot.name(), fd);
            }
            publish(context.estate, slot, state.id());
        } catch (IOException e) {
            tellUnkept(state, e);
        }
        return slot;
    }

    private static void tellUnkept(StreamState state, IOException e) {
        LOG.warn("{} will not outlive this daemon: {}", state, e.getMessage());
    }

    /**
     * Slots for descriptors that are about to become streams' ends, or may be. From here on they are kept, in vain if this daemon is killed before
     * their slots are begun.
     */
    static List<Slot> reserve(StreamContext context, List<Integer> fds) {
        List<Slot> slots = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int fd : fds) {
            Slot slot = context.estate.slots().allocate();
            slot.fileFlags(Posix.fcntl(fd, Linux.F_GETFL, 0));
            slots.add(slot);
            if (context.estate.lasts(slot)) {
                names.add(slot.name());
            }
        }
        // Slots that do not last come when the table is full: behind those that do.
        context.estate.store().keep(names, fds.subList(0, names.size()));
        return slots;
    }

    /** The socket of a reserved slot, filled or not, has become nothing, and is closed. */
    static void leave(Estate estate, Slot reserved) {
        if (estate.lasts(reserved)) {
            estate.store().letGo(reserved.name());
        }
        Path beside = reserved.has(BESIDE) ? estate.beside(reserved) : null;
        estate.slots().free(reserved);
        delete(beside);
    }

    /** The same of one that was reserved for its descriptor, of which nothing was read or written since. */
    static Slot begin(StreamContext context, Slot reserved, StreamState state, Role role, int fd, long service, int room, int epoch) {
        try {
            fill(context, reserved, state, role, fd, service, room, epoch);
            publish(context.estate, reserved, state.id());
        } catch (IOException e) {
            tellUnkept(state, e);
        }
        return reserved;
    }

    /** All of {@link #begin} but that the stream goes on after a kill: that is {@link #publish}'s. */
    static void fill(StreamContext context, Slot slot, StreamState state, Role role, int fd, long service, int room, int epoch) throws IOException {
        StreamState.Inbound in = role == Role.STUB ? state.inbound() : StreamState.Inbound.START;
        StreamState.Outbound out = role == Role.STUB ? state.outbound() : StreamState.Outbound.START;
        slot.place(service, room);
        slot.epoch(epoch);
        slot.written(in.consumed());
        slot.read(out.acked());
        slot.acked(out.acked());
        slot.set(fd < 0 ? GONE : 0);
        if (role == Role.DEPUTY) {
            slot.set(state.outbound().eof() ? DEPUTY | BEGAN_SHUT : DEPUTY);
        }
        long readFrom = readFrom(out);
        if (slot.has(COUNTS)) {
            slot.bases(slot.readBase() + readFrom, slot.writeBase() + in.consumed());
        } else if (role == Role.STUB && state.kind() == StreamKind.TCP) {
            countFrom(slot, fd, readFrom, in.consumed());
        }
        describe(context, slot, state);
    }

    /** A slot that was filled for {@code state}, of which nothing was read or written since, is to be filled for another. */
    static void unfill(Slot slot, StreamState state) {
        if (slot.has(COUNTS)) {
            slot.bases(slot.readBase() - readFrom(state.outbound()), slot.writeBase() - state.inbound().consumed());
        }
    }

    /** Offset of the next byte that is read from the descriptor. */
    private static long readFrom(StreamState.Outbound out) {
        return out.acked() + out.unsent().length;
    }

    /**
     * From here on the kernel's counts tell offsets; SO_OOBINLINE is set, and nothing has been read or written since the stream began.
     *
     * @param read offset of the next byte that will be read; {@code written} of the next that will be written
     */
    static void countFrom(Slot slot, int fd, long read, long written) throws PosixException {
        if (fd >= 0 && !slot.has(COUNTS)) {
            TcpCounters counters = TcpCounters.of(fd, false, slot.has(BEGAN_SHUT));
            slot.bases(read - counters.taken(), written - counters.given());
            slot.set(COUNTS);
        }
    }

    /** From here on the next daemon goes on with it. */
    static void publish(Estate estate, Slot slot, long id) {
        if (estate.lasts(slot)) {
            slot.publish(id);
        }
    }

    private static void describe(StreamContext context, Slot slot, StreamState state) throws IOException {
        if (!context.estate.lasts(slot)) {
            return;
        }
        int length = StateRecord.encode(context.scratch, state);
        if (length > Slot.MAX_DESCRIPTION_BYTES) {
            Files.write(context.estate.beside(slot), Arrays.copyOf(context.scratch.byteArray(), length));
            slot.set(BESIDE);
        } else {
            slot.describe(context.scratch, length);
        }
    }

    /** The stream as it was when its slot was begun. */
    static StreamState state(Estate estate, Slot slot) throws IOException {
        return StateRecord.decode(slot.has(BESIDE) ? Files.readAllBytes(estate.beside(slot)) : slot.description());
    }

    /** The descriptor is closed, or another's again. */
    static void gone(Estate estate, Slot slot) {
        if (slot.id() != 0 && !slot.has(GONE)) {
            slot.set(GONE);
            estate.store().letGo(slot.name());
        }
    }

    /** The stream is over, or another node's. */
    static void free(Estate estate, Slot slot) {
        boolean has = slot.id() != 0 && !slot.has(GONE);
        Path beside = slot.has(BESIDE) ? estate.beside(slot) : null;
        String name = slot.name();
        estate.slots().free(slot);
        if (has) {
            estate.store().letGo(name);
        }
        delete(beside);
    }

    private static void delete(Path beside) {
        try {
            if (beside != null) {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            LOG.warn("{} is left behind: {}", beside, e.getMessage());
        }
    }

    /** Offset, ends not counted, up to which this end's descriptor has been written. */
    static long dataWritten(Slot slot, StreamKind kind, int fd) throws PosixException {
        if (kind != StreamKind.TCP || fd < 0 || !slot.has(COUNTS)) {
            return slot.written();
        }
        // A failed socket is given no more, but what comes for it counts as written.
        return Math.max(slot.written(), slot.writeBase() + TcpCounters.of(fd, false, slot.has(BEGAN_SHUT | IN_EOF)).given());
    }
}
