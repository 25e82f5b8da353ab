package io.homeport.migration.departure;

import io.homeport.handover.AgentControl;
import io.homeport.handover.HandOver;
import io.homeport.handover.Unparking;
import io.homeport.keeper.FdStore;
import io.homeport.migration.contract.Beside;
import io.homeport.posix.Posix;
import io.homeport.process.Descriptor;
import io.homeport.process.EpollRegistration;
import io.homeport.process.EpollSet;
import io.homeport.process.FdFate;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import io.homeport.socket.Parking;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.collections.IntHashSet;

/**
 * The files that the daemon holds while their process is on the road: real sockets at their origin, shadow sockets at
 * any other node. Nobody reads or writes them until the commit, so {@link #giveBack} restores what was.
 *
 * <pre>
 *   take, putDummies   fd  1 ─ pipe       ▶   fd  1 ─ dummy ═ M,   parked: pipe
 *                      fd  9 ─ epoll set  ▶   fd  9 ─ a set of what stays, parked: the set
 *         vacate       fd 17 ─ socket     ▶   fd 17 free,          parked: socket
 *   giveBack                              ▶   fd 17 ─ socket, fd 9 ─ epoll set, fd 1 ─ pipe
 * </pre>
 *
 * <p>They are parked, however many: that takes one descriptor, which the keeper has, too. An epoll set that watches any of them is parked behind them, and
 * nothing is taken out of it: ten thousand registrations neither go nor come back.
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
    /** The epoll sets that watch these. */
    private List<EpollSet> sets = List.of();
    /** Duplicates of them: what closes the last one takes out all that it watches. */
    private final List<Integer> setFds = new ArrayList<>();
    /** What the process had open when it was frozen. */
    private final List<OpenFile> open;
    /** The descriptors that are vacated. */
    private final List<Descriptor> places = new ArrayList<>();
    /** The dummies' other ends in the process, by their index. */
    private final Map<Integer, Integer> keptFds = new HashMap<>();

    private Custody(FdStore store, long migrationId, List<OpenFile> open) throws IOException {
        this.store = store;
        this.keptName = keptName(migrationId);
        this.parking = Parking.open();
        this.open = open;
    }

    /** What the files in custody are called in the keeper's store. */
    static String keptName(long migrationId) {
        return "c" + Long.toUnsignedString(migrationId, Character.MAX_RADIX);
    }

    /**
     * Parks every file that stays behind, and has it kept; the process is frozen.
     *
     * @param pidfd refers to the process
     * @param inventory of the process
     */
    static Custody take(int pidfd, Inventory inventory, FdStore store, long migrationId) throws IOException {
        Custody custody = new Custody(store, migrationId, inventory.open());
        try {
            custody.park(pidfd, inventory.stayingBehind(), inventory.sets());
            store.keep(custody.keptName, custody.parking.fd());
            return custody;
        } catch (IOException | RuntimeException e) {
            custody.close();
            throw e;
        }
    }

    private void park(int pidfd, List<FdFate> fates, Beside<List<EpollSet>> all) throws IOException {
        parking.take(pidfd, fates.stream().mapToInt(FdFate::fd).toArray());
        List<EpollSet> found = all.await();
        Map<Integer, List<EpollRegistration>> registrations = EpollSet.byWatched(found);
        IntHashSet numbers = new IntHashSet();
        for (FdFate fate : fates) {
            Item item = new Item(fate, Descriptor.of(fate.files(), registrations));
            items.add(item);
            item.places().forEach(place -> numbers.add(place.fd()));
            if (!fate.fate().getsDummy()) {
                places.addAll(item.places());
            }
        }
        sets = EpollSet.watching(numbers, found);
        parking.take(pidfd, sets.stream().mapToInt(Custody::firstFd).toArray());
        for (EpollSet set : sets) {
            setFds.add(Posix.check(Posix.pidfdGetfd(pidfd, firstFd(set)), "taking over epoll set " + firstFd(set)));
        }
    }

    private static int firstFd(EpollSet set) {
        return set.files().get(0).fd();
    }

    List<Item> items() {
        return items;
    }

    /** Looks at the files, which have numbers of this daemon meanwhile: at those of {@link #items}, in that order. */
    void look(int atOnce, Parking.Look look) throws IOException {
        parking.look(atOnce, (first, fds) -> {
            int[] known = Arrays.copyOf(fds, Math.max(0, Math.min(fds.length, items.size() - first))); // without the sets behind them
            try {
                look.at(first, known);
            } finally {
                System.arraycopy(known, 0, fds, 0, known.length);
            }
        });
    }

    /** Under which descriptors each parked file belongs, in the order in which they were parked. */
    List<List<Descriptor>> files() {
        return Stream.concat(items.stream().map(item -> item.fate().files()), sets.stream().map(EpollSet::files))
                .map(files -> Descriptor.of(files, Map.of()))
                .toList();
    }

    /** The descriptors that are vacated: what comes under them must be told all about them. */
    List<Descriptor> places() {
        return places;
    }

    /** Puts dummies in the place of those that get some, and of the epoll sets some that watch what stays; the process is frozen. */
    void putDummies(AgentControl agent) throws IOException {
        IntHashSet leaving = new IntHashSet();
        places.forEach(place -> leaving.add(place.fd()));
        new HandOver(agent).thin(sets, leaving);
        List<Integer> lasting = IntStream.range(0, items.size()).filter(i -> items.get(i).fate().fate().getsDummy()).boxed().toList();
        List<Integer> ends = new HandOver(agent).putDummies(lasting.stream().map(i -> items.get(i).places()).toList());
        for (int i = 0; i < ends.size(); i++) {
            keptFds.put(lasting.get(i), ends.get(i));
        }
    }

    /** Takes the others from under their descriptors; the process is frozen. */
    void vacate(AgentControl agent) throws IOException {
        new HandOver(agent).vacate(places);
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
        giveBack(agent, parking, files(), this::keptFd, strangers);
    }

    /**
     * Puts parked files under descriptors of a stopped process, closes the {@code strangers} among these, and lets it run.
     *
     * @param places of each, in the order in which they were parked
     * @param keptFd of each, by its index, the other end of its dummy in the process
     */
    static void giveBack(AgentControl agent, Parking parking, List<List<Descriptor>> places, IntUnaryOperator keptFd, List<Integer> strangers)
            throws IOException {
        List<HandOver.Berth> berths = IntStream.range(0, places.size())
                .mapToObj(i -> new HandOver.Berth(places.get(i), keptFd.applyAsInt(i)))
                .toList();
        Unparking files = Unparking.of(parking, berths);
        HandOver.giveBack(agent, strangers, into -> into.install(files));
    }

    /** Those that nobody else has are closed; but not the sets, which takes long. */
    void letGo() {
        store.letGo(keptName);
        parking.close();
    }

    @Override
    public void close() {
        letGo();
        setFds.forEach(Posix::close);
        setFds.clear();
    }
}
