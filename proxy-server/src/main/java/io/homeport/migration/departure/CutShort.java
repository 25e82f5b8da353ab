package io.homeport.migration.departure;

import io.homeport.handover.AgentControl;
import io.homeport.migration.contract.CommitLog;
import io.homeport.migration.contract.Course;
import io.homeport.migration.contract.MigrationFiles;
import io.homeport.migration.contract.NodeParts;
import io.homeport.migration.contract.RecordFile;
import io.homeport.migration.contract.ServiceRecord;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.process.Descriptor;
import io.homeport.process.ProcessStat;
import io.homeport.process.ProcessStatus;
import io.homeport.service.Futures;
import io.homeport.socket.Parking;
import io.homeport.stream.Role;
import io.homeport.stream.StreamDescription;
import io.homeport.stream.StreamState;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A departure during which the daemon before this one was killed.
 *
 * <pre>
 *   no word      ─► give back: its sockets come out of the keeper's store, under its descriptors; it runs on here
 *   word GIVEN   ─► forward: its real sockets are read, the destination is told until it has answered, the stopped copy goes
 * </pre>
 *
 * <p>Found and given back by the thread that starts the daemon; {@link #forward} has a thread of its own.
 */
public final class CutShort implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(CutShort.class);
    /** CRIU outlives the daemon that started it, and must be let finish: it has code of its own in the process. */
    private static final int TRACED_PATIENCE_MS = 60_000;

    private static final int POLL_MS = 20;

    private final NodeParts node;
    private final DepartureNote note;
    private final boolean given;
    private final MigrationFiles files;
    /** Its sockets, in the note's order; null if the daemon before this one had let go of them. */
    private final Parking custody;
    private final Thread forward;

    private CutShort(NodeParts node, DepartureNote note, boolean given) {
        this.node = node;
        this.note = note;
        this.given = given;
        this.files = MigrationFiles.of(node.places().images(), note.migrationId());
        this.forward = new Thread(this::tellAndLeave, "migration-" + Long.toHexString(note.migrationId()));
        int kept = node.estate().store().claim(Custody.keptName(note.migrationId()));
        this.custody = kept < 0 ? null : Parking.of(kept);
    }

    /** All of them; what was in their custody is taken out of what was inherited. */
    public static List<CutShort> all(NodeParts node) throws IOException {
        Set<Long> given = node.commitLog().entries().stream()
                .filter(entry -> entry.word() == CommitLog.Word.GIVEN)
                .map(CommitLog.Entry::migrationId)
                .collect(Collectors.toSet());
        return DepartureNote.all(node.places().images()).stream()
                .map(note -> new CutShort(node, note, given.contains(note.migrationId())))
                .toList();
    }

    /** Deletes what departures without a note have left: those that had not begun, and those that were over. */
    public static void sweep(NodeParts node) throws IOException {
        Set<Long> noted = DepartureNote.all(node.places().images()).stream().map(DepartureNote::migrationId).collect(Collectors.toSet());
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(node.places().images(), Files::isDirectory)) {
            for (Path directory : directories) {
                if (!noted.contains(Long.parseUnsignedLong(directory.getFileName().toString(), 16))) {
                    new MigrationFiles(directory).delete();
                }
            }
        }
        for (CommitLog.Entry entry : node.commitLog().entries()) {
            if (entry.word() == CommitLog.Word.GIVEN && !noted.contains(entry.migrationId())) {
                node.commitLog().forget(entry.migrationId());
            }
        }
    }

    /** Whether the service is its destination's. */
    public boolean isGiven() {
        return given;
    }

    public int pid() {
        return note.pid();
    }

    /** The service runs on here, with its sockets. */
    public void giveBack() {
        try {
            if (note.isAlive()) {
                awaitUntraced();
                if (ProcessStat.allStopped(pid())) {
                    install();
                }
                LOG.info("process {}, whose move to {} was cut short, runs on here with its {} sockets", pid(), note.destination(), note.files().size());
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("process {}, whose move to {} was cut short, cannot get its sockets back: {}; end it and start it again",
                    pid(), note.destination(), e.getMessage(), e);
        }
        try {
            letGo();
            tidy();
        } catch (IOException e) {
            LOG.warn("what is left of migration {} stays behind: {}", Long.toHexString(note.migrationId()), e.getMessage());
        }
    }

    /** The real sockets that the daemon before this one had not given to deputies yet. Streams are recovered, no lane is up. */
    public void openDeputies() throws IOException {
        Set<Long> known = Futures.join(node.streams().describe()).stream()
                .filter(stream -> stream.role() == Role.DEPUTY)
                .map(StreamDescription::id)
                .collect(Collectors.toSet());
        Map<Integer, StreamState> beginning = new HashMap<>();
        for (ServiceRecord.Item item : RecordFile.read(files.record()).streams()) {
            if (item.state().origin().equals(node.name()) && !known.contains(item.state().id()) && !item.fds().isEmpty()) {
                beginning.put(item.fds().get(0), item.state());
            }
        }
        List<Long> held = custody == null ? List.of() : hold(beginning);
        Futures.join(node.deputies().entrust(held));
        letGo();
        Futures.join(node.deputies().open(held));
        LOG.info("the move of process {} to {} goes forward: {} more deputies", pid(), note.destination(), held.size());
    }

    /** @param beginning streams by the first descriptor that their socket was under */
    private List<Long> hold(Map<Integer, StreamState> beginning) throws IOException {
        List<Long> held = new ArrayList<>();
        custody.look(Parking.BATCH, (first, fds) -> {
            Map<StreamState, Integer> sockets = new IdentityHashMap<>();
            for (int i = 0; i < fds.length; i++) {
                StreamState state = beginning.get(note.files().get(first + i).get(0).fd());
                if (state != null) {
                    sockets.put(state, fds[i]);
                    held.add(state.id());
                    fds[i] = -1;
                }
            }
            Futures.join(node.deputies().hold(sockets));
        });
        return held;
    }

    /** Tells the destination until it has answered; then nothing is left of the service here. */
    public void forward() {
        forward.setDaemon(true);
        forward.start();
    }

    /** The next daemon goes forward with it. */
    @Override
    public void close() {
        forward.interrupt();
    }

    private void tellAndLeave() {
        Course<DepartureState> course = new Course<>(DepartureState.GIVEN);
        try {
            new CommitCall(node, node.links().peer(note.destination()), note.migrationId(), List.of()).await(reason -> {});
            course.become(DepartureState.DONE);
            if (note.isAlive()) {
                Posix.kill(pid(), Linux.SIGKILL);
            }
            if (Files.exists(files.carried())) {
                node.carriedFiles().leave(files.carried());
            }
            tidy();
            node.commitLog().forget(note.migrationId());
            LOG.info("process {} has moved to {}", pid(), note.destination());
        } catch (IOException | RuntimeException e) {
            LOG.error("process {} has moved to {}, or will; what is left of it here stays: {}", pid(), note.destination(), e.getMessage(), e);
        }
    }

    /** It is stopped from before the first descriptor was vacated until the commit. Those that were not vacated yet get what they have. */
    private void install() throws IOException {
        if (custody == null) {
            throw new IOException("the keeper does not have them");
        }
        Map<Integer, Integer> keptFds = keptFds();
        List<List<Descriptor>> places = note.files();
        try (AgentControl agent = AgentControl.open(pid())) {
            Custody.giveBack(agent, custody, places, index -> keptFds.getOrDefault(places.get(index).get(0).fd(), -1), List.of());
        }
    }

    /** The dummies' other ends in the process; none is known if the daemon was killed before the record was written. */
    private Map<Integer, Integer> keptFds() throws IOException {
        Map<Integer, Integer> keptFds = new HashMap<>();
        if (Files.exists(files.record())) {
            ServiceRecord record = RecordFile.read(files.record());
            record.streams().stream().filter(item -> !item.fds().isEmpty()).forEach(item -> keptFds.put(item.fds().get(0), item.keptFd()));
        }
        return keptFds;
    }

    private void awaitUntraced() throws IOException {
        for (int waitedMs = 0; ProcessStatus.read(pid()).tracerPid() != 0; waitedMs += POLL_MS) {
            if (waitedMs > TRACED_PATIENCE_MS) {
                throw new IOException("it is still traced by process " + ProcessStatus.read(pid()).tracerPid());
            }
            try {
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    private void letGo() {
        node.estate().store().letGo(Custody.keptName(note.migrationId()));
        if (custody != null) {
            custody.close();
        }
    }

    private void tidy() throws IOException {
        DepartureNote.delete(node.places().images(), note.migrationId());
        files.delete();
    }
}
