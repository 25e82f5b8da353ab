package io.homeport.migration.departure;

import io.homeport.handover.AgentControl;
import io.homeport.handover.HandOver;
import io.homeport.keeper.FdStore;
import io.homeport.migration.contract.Beside;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.process.Descriptor;
import io.homeport.process.EpollRegistration;
import io.homeport.process.FdFate;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import io.homeport.socket.Parking;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The files that the daemon holds while their process is on the road: real sockets at their origin, shadow sockets at
 * any other node. Nobody reads or writes them until the commit, so {@link #giveBack} restores what was.
 *
 * <pre>
 *   take, putDummies   fd  1 ─ pipe       ▶   fd  1 ─ dummy ═ M,   parked: pipe
 *         vacate       fd 17 ─ socket     ▶   fd 17 free,          parked: socket
 *   giveBack                              ▶   fd 17 ─ socket, fd 1 ─ pipe
 * </pre>
 *
 * <p>They are parked, however many: that takes one descriptor, which the keeper has, too.
 *
 * <p>Used by the migration's thread; {@link #look} by the ledger's.
 */
final class Custody implements AutoCloseable {

    /**
     * One file in custody.
     *
     * @param fate what it is
     * @param places the descriptors it belongs under
     */
    record Item(FdFate fate, List<Descriptor> places) {}

    private final FdStore store;
    private final String keptName;
    private final Parking parking;
    private final List<Item> items = new ArrayList<>();
    /** What the process had open when it was frozen. */
    private final Collection<OpenFile> open;
    /** The dummies' other ends in the process, by their index. */
    private final Map<Integer, Integer> keptFds = new HashMap<>();

    private Custody(FdStore store, long migrationId, Collection<OpenFile> open) throws IOException {
        this.store = store;
        this.keptName = keptName(migrationId);
        this.parking = Parking.open();
        this.open = open;
    }

    /** What the files in custody are called in the keeper's store. */
    static String keptName(long migrationId) {
        return "c" + Long.toUnsignedString(migrationId, Character.MAX_RADIX);
    }

    /** Parks every file that stays behind, and has it kept; process {@code pid} is frozen, and {@code open} is what it has open. */
    static Custody take(int pid, int pidfd, List<OpenFile> open, List<FdFate> fates, FdStore store, long migrationId) throws IOException {
        Custody custody = new Custody(store, migrationId, open);
        Beside<Map<Integer, List<EpollRegistration>>> registrations = Beside.begin("registrations", () -> FdTable.registrations(pid, open));
        try {
            custody.park(pidfd, fates, registrations);
            store.keep(custody.keptName, custody.parking.fd());
            return custody;
        } catch (IOException | RuntimeException e) {
            custody.close();
            throw e;
        }
    }

    private void park(int pidfd, List<FdFate> fates, Beside<Map<Integer, List<EpollRegistration>>> registrations) throws IOException {
        try {
            for (int from = 0; from < fates.size(); from += Parking.BATCH) {
                park(pidfd, fates.subList(from, Math.min(from + Parking.BATCH, fates.size())));
            }
        } finally {
            registrations.awaitEnd();
        }
        Map<Integer, List<EpollRegistration>> found = registrations.await();
        fates.forEach(fate -> items.add(new Item(fate, Descriptor.of(fate.files(), found))));
    }

    private void park(int pidfd, List<FdFate> fates) throws IOException {
        int[] fds = new int[fates.size()];
        Arrays.fill(fds, -1);
        try {
            for (int i = 0; i < fds.length; i++) {
                int fd = Posix.pidfdGetfd(pidfd, fates.get(i).fd());
                if (fd < 0) {
                    throw new PosixException(-fd, "taking over fd " + fates.get(i).fd());
                }
                fds[i] = fd;
            }
            parking.put(fds);
        } finally {
            Arrays.stream(fds).filter(fd -> fd >= 0).forEach(Posix::close);
        }
    }

    List<Item> items() {
        return items;
    }

    /** Looks at the files, which have numbers of this daemon meanwhile: at those of {@link #items}, in that order. */
    void look(int atOnce, Parking.Look look) throws IOException {
        parking.look(atOnce, look);
    }

    /** The descriptors that are vacated: what comes under them must be told all about them. */
    List<Descriptor> places() {
        return items.stream().filter(item -> !item.fate().fate().getsDummy()).flatMap(item -> item.places().stream()).toList();
    }

    /** Puts dummies in the place of those that get some; the process is frozen. */
    void putDummies(AgentControl agent) throws IOException {
        List<Integer> lasting = IntStream.range(0, items.size()).filter(i -> items.get(i).fate().fate().getsDummy()).boxed().toList();
        List<Integer> ends = new HandOver(agent).putDummies(lasting.stream().map(i -> items.get(i).places()).toList());
        for (int i = 0; i < ends.size(); i++) {
            keptFds.put(lasting.get(i), ends.get(i));
        }
    }

    /** Takes the others from under their descriptors; the process is frozen. */
    void vacate(AgentControl agent) throws IOException {
        new HandOver(agent).vacate(places());
    }

    /** The dummy's other end in the process, -1 if there is none. */
    int keptFd(int index) {
        return keptFds.getOrDefault(index, -1);
    }

    /**
     * Puts the files back where they were and lets the process run; it is stopped. What it has open besides is closed: the files of a CRIU
     * that was killed while its code ran there, of which one would keep the process from ever being restored.
     */
    void giveBack(AgentControl agent) throws IOException {
        List<OpenFile> now = FdTable.read(agent.pid());
        // Numbers that the agent keeps for others are not the service's.
        String end = now.stream().filter(file -> file.fd() == agent.controlFd()).map(OpenFile::target).findAny().orElse("");
        Predicate<OpenFile> notTheAgents = file -> !file.target().equals(end);
        Set<Integer> ours = open.stream().filter(notTheAgents).map(OpenFile::fd).collect(Collectors.toSet());
        ours.addAll(keptFds.values());
        List<Integer> strangers = now.stream().filter(notTheAgents).map(OpenFile::fd).filter(fd -> !ours.contains(fd)).toList();
        giveBack(agent, parking, items.stream().map(Item::places).toList(), this::keptFd, strangers);
    }

    /**
     * Puts parked files under descriptors of a stopped process, closes the {@code strangers} among these, and lets it run.
     *
     * @param places of each, in the order in which they were parked
     * @param keptFd of each, by its index, the other end of its dummy in the process
     */
    static void giveBack(AgentControl agent, Parking parking, List<List<Descriptor>> places, IntUnaryOperator keptFd, List<Integer> strangers)
            throws IOException {
        List<Descriptor> all = places.stream().flatMap(List::stream).toList();
        List<HandOver.Berth> berths = IntStream.range(0, places.size())
                .mapToObj(i -> new HandOver.Berth(places.get(i), keptFd.applyAsInt(i)))
                .toList();
        HandOver.giveBack(agent, all, strangers, into -> into.install(parking, berths));
    }

    /** Those that nobody else has are closed. */
    @Override
    public void close() {
        store.letGo(keptName);
        parking.close();
    }
}
