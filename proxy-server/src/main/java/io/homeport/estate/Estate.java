package io.homeport.estate;

import io.homeport.files.DirectoryTree;
import io.homeport.keeper.FdStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All that the daemon before this one has left, and where this one leaves its own.
 *
 * <pre>
 *   open ─► the old journal can be read, a new one be begun ─► settle: the new one holds, the old one is deleted
 *             └── killed meanwhile: the next daemon begins with the same old one
 * </pre>
 *
 * <p>Opened and settled by the thread that starts the daemon, which closes it at last; between, its parts belong to the data loop. Closing
 * takes nothing away.
 */
public final class Estate implements Closeable {
    private static final String QUEUE = "queue-";
    private static final String OWNER = "owner";
    /** For tests without files. */
    private static final int FEW_PLACES = 8;
    private static final int LANDING_BYTES = Landing.bytes(Landing.SMALL_PLACES, Landing.LARGE_PLACES);

    private final FdStore store;
    private final SlotFile slots;
    private final Landing landing;
    private final Path directory;
    private final FileChannel owner;
    private final int generation;
    private final boolean inherited;

    /** One record of what the daemon before kept; see {@link #readJournal}. */
    @FunctionalInterface
    public interface JournalReader {
        /** {@code address} holds the payload until this returns. */
        void record(long id, byte direction, byte mark, long offset, long address, int length);
    }

    Estate(FdStore store, SlotFile slots, Landing landing, Path directory, FileChannel owner, int generation, boolean inherited) {
        this.store = store;
        this.owner = owner;
        this.slots = slots;
        this.landing = landing;
        this.directory = directory;
        this.generation = generation;
        this.inherited = inherited;
    }

    /** One that ends with the process: for tests. */
    public static Estate unkept() {
        return new Estate(FdStore.none(), new SlotFile(ByteBuffer.allocateDirect(0)),
                new Landing(ByteBuffer.allocateDirect(Landing.bytes(FEW_PLACES, FEW_PLACES)), FEW_PLACES, FEW_PLACES), null, null, 0, false);
    }

    /**
     * Opens the one in {@code directory}. If no descriptor came along, the sockets of whoever was here before are gone, and what he left goes,
     * too.
     *
     * @param directory on tmpfs, this node's own; made if absent
     */
    public static Estate open(Path directory, FdStore store) throws IOException {
        Files.createDirectories(directory);
        FileChannel owner = owned(directory);
        if (!store.hasInherited()) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    if (!file.endsWith(OWNER)) {
                        DirectoryTree.delete(file);
                    }
                }
            }
        }
        Path noted = directory.resolve("generation");
        int last = Files.exists(noted) ? Integer.parseInt(Files.readString(noted).strip()) : 0;
        DirectoryTree.delete(directory.resolve(QUEUE + (last + 1)));
        Landing landing = new Landing(map(directory.resolve("landing"), LANDING_BYTES), Landing.SMALL_PLACES, Landing.LARGE_PLACES);
        return new Estate(store, new SlotFile(map(directory.resolve("slots"), SlotFile.BYTES)), landing, directory, owner, last + 1,
                store.hasInherited());
    }

    /** The lock goes with the process. */
    private static FileChannel owned(Path directory) throws IOException {
        FileChannel file = FileChannel.open(directory.resolve(OWNER), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (file.tryLock() != null) {
                return file;
            }
        } catch (OverlappingFileLockException ownProcess) {
            file.close();
        }
        throw new IOException("another daemon uses " + directory + ": end it first, or give this one a stateDir of its own");
    }

    /** Lets another daemon have it. */
    @Override
    public void close() throws IOException {
        if (owner != null) {
            owner.close();
        }
    }

    public FdStore store() {
        return store;
    }

    public SlotFile slots() {
        return slots;
    }

    public Landing landing() {
        return landing;
    }

    /** Whether there was a daemon before, whose sockets are here. */
    public boolean inherited() {
        return inherited;
    }

    /** Where this daemon's journal belongs. */
    public Path journal() {
        return directory.resolve(QUEUE + generation);
    }

    /** Where services are noted; empty if nothing is kept. */
    public Optional<Path> services() {
        return Optional.ofNullable(directory).map(own -> own.resolve("services"));
    }

    /**
     * Reads what the daemon before kept: its journal, as far as it was written, and then what lies in its landing, which is later in each
     * stream. Bytes that were on their way from there to the journal come twice.
     */
    public void readJournal(JournalReader reader) throws IOException {
        Path old = directory == null ? null : directory.resolve(QUEUE + (generation - 1));
        if (old != null && Files.isDirectory(old)) {
            OldJournal.read(old, reader::record);
        }
        landing.readKept(reader);
    }

    /** What was needed of the old journal and of the landing is in the new journal: from here on that one holds. */
    public void settle() throws IOException {
        if (directory == null) {
            return;
        }
        Path aside = directory.resolve("generation.new");
        Files.writeString(aside, generation + "\n");
        Files.move(aside, directory.resolve("generation"), StandardCopyOption.ATOMIC_MOVE);
        landing.clear();
        List<Path> others = new ArrayList<>();
        try (DirectoryStream<Path> queues = Files.newDirectoryStream(directory, QUEUE + "*")) {
            queues.forEach(queue -> others.add(queue));
        }
        for (Path queue : others) {
            if (!queue.equals(journal())) {
                DirectoryTree.delete(queue);
            }
        }
    }

    /** Bytes that belong to a slot and are too many for it. */
    public Path beside(Slot slot) {
        return directory.resolve("unread-" + slot.name());
    }

    /** Whether slots outlive the process. */
    public boolean lasts(Slot slot) {
        return directory != null && slot.number() >= 0;
    }

    private static ByteBuffer map(Path file, int bytes) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
            return mapped;
        }
    }
}
