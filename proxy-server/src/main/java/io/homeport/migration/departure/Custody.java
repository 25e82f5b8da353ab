package io.homeport.migration.departure;

import io.homeport.handover.AgentControl;
import io.homeport.handover.HandOver;
import io.homeport.keeper.FdStore;
import io.homeport.posix.Posix;
import io.homeport.process.Descriptor;
import io.homeport.process.EpollRegistration;
import io.homeport.process.FdFate;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The files that the daemon holds while their process is on the road: real sockets at their origin, shadow sockets at
 * any other node. Nobody reads or writes them until the commit, so {@link #giveBack} restores what was.
 *
 * <pre>
 *   take, vacate   fd 17 ─ socket     ▶   fd 17 free,          daemon ─ socket
 *                  fd  1 ─ pipe       ▶   fd  1 ─ dummy ═ M,   daemon ─ pipe
 *   giveBack                          ▶   fd 17 ─ socket, fd 1 ─ pipe
 * </pre>
 *
 * <p>Used by the migration's thread.
 */
final class Custody implements AutoCloseable {

    /**
     * One file in custody.
     *
     * @param fate what it is
     * @param places the descriptors it belongs under
     * @param daemonFd this daemon's duplicate
     */
    record Item(FdFate fate, List<Descriptor> places, int daemonFd) {}

    private final FdStore store;
    private final long migrationId;
    private final List<Item> items = new ArrayList<>();
    private final Set<Integer> numbers;
    /** What the store has under our names. */
    private final Set<Integer> kept = new HashSet<>();
    /** The dummies' other ends in the process, by their index. */
    private final Map<Integer, Integer> keptFds = new HashMap<>();

    private Custody(FdStore store, long migrationId, Collection<OpenFile> open) {
        this.store = store;
        this.migrationId = migrationId;
        this.numbers = open.stream().map(OpenFile::fd).collect(Collectors.toSet());
    }

    /** What a file in custody is called in the keeper's store. */
    static String keptName(long migrationId, int fd) {
        return "c" + Long.toUnsignedString(migrationId, Character.MAX_RADIX) + "." + fd;
    }

    /** Duplicates every file that stays behind, and has it kept; the process is frozen, and {@code open} is what it has open. */
    static Custody take(int pidfd, Collection<OpenFile> open, Map<Integer, List<EpollRegistration>> registrations, List<FdFate> fates,
            FdStore store, long migrationId) throws IOException {
        Custody custody = new Custody(store, migrationId, open);
        try {
            for (FdFate fate : fates) {
                int duplicate = Posix.check(Posix.pidfdGetfd(pidfd, fate.fd()), "taking over fd " + fate.fd());
                custody.items.add(new Item(fate, Descriptor.of(fate.files(), registrations), duplicate));
                store.keep(keptName(migrationId, fate.fd()), duplicate);
                custody.kept.add(fate.fd());
            }
            return custody;
        } catch (IOException | RuntimeException e) {
            custody.close();
            throw e;
        }
    }

    List<Item> items() {
        return items;
    }

    /** The descriptors that are vacated: what comes under them must be told all about them. */
    List<Descriptor> places() {
        return items.stream().filter(item -> !item.fate().fate().getsDummy()).flatMap(item -> item.places().stream()).toList();
    }

    /** Takes all of them from under their descriptors; the process is frozen. */
    void vacate(AgentControl agent) throws IOException {
        List<Integer> lasting = IntStream.range(0, items.size()).filter(i -> items.get(i).fate().fate().getsDummy()).boxed().toList();
        HandOver handOver = new HandOver(agent);
        List<Integer> ends = handOver.putDummies(lasting.stream().map(i -> items.get(i).places()).toList());
        for (int i = 0; i < ends.size(); i++) {
            keptFds.put(lasting.get(i), ends.get(i));
        }
        handOver.vacate(places());
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
        List<HandOver.Replacement> replacements = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            replacements.add(new HandOver.Replacement(items.get(i).places(), items.get(i).daemonFd(), keptFd(i)));
        }
        Set<Integer> ours = new HashSet<>(numbers);
        ours.addAll(keptFds.values());
        List<Integer> strangers = FdTable.read(agent.pid()).stream().map(OpenFile::fd).filter(fd -> !ours.contains(fd)).toList();
        HandOver.giveBack(agent, replacements, strangers);
    }

    /** Gives a duplicate away: it is not closed here any more. */
    int handOut(int index) {
        Item item = items.get(index);
        items.set(index, new Item(item.fate(), item.places(), -1));
        store.passOn(keptName(migrationId, item.fate().fd()), item.daemonFd());
        return item.daemonFd();
    }

    /** What was handed out is kept by its new owner. */
    void forgetHandedOut() {
        items.stream().filter(item -> item.daemonFd() < 0).forEach(item -> letGo(item.fate().fd()));
    }

    @Override
    public void close() {
        items.stream().filter(item -> item.daemonFd() >= 0).forEach(item -> Posix.close(item.daemonFd()));
        items.forEach(item -> letGo(item.fate().fd()));
        items.clear();
    }

    private void letGo(int fd) {
        if (kept.remove(fd)) {
            store.letGo(keptName(migrationId, fd));
        }
    }
}
