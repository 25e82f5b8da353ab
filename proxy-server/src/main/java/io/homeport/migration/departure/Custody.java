package io.homeport.migration.departure;

import io.homeport.handover.AgentControl;
import io.homeport.handover.HandOver;
import io.homeport.keeper.FdStore;
import io.homeport.posix.Posix;
import io.homeport.process.EpollRegistration;
import io.homeport.process.FdFate;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The files that the daemon holds while their process is on the road: real sockets at their origin, shadow sockets at
 * any other node. Nobody reads or writes them until the commit, so {@link #giveBack} restores what was.
 *
 * <pre>
 *   take       fd 17 ─ socket          ▶   fd 17 ─ dummy ═ M,   daemon ─ socket
 *   giveBack   fd 17 ─ dummy ═ M       ▶   fd 17 ─ socket
 * </pre>
 *
 * <p>Used by the migration's thread.
 */
final class Custody implements AutoCloseable {

    /**
     * One file in custody.
     *
     * @param fate what it is, and the descriptors it belongs under
     * @param daemonFd this daemon's duplicate
     */
    record Item(FdFate fate, int daemonFd) {}

    private final FdStore store;
    private final long migrationId;
    private final List<Item> items = new ArrayList<>();
    private final Set<Integer> numbers;
    /** What the store has under our names. */
    private final Set<Integer> kept = new HashSet<>();
    private List<Integer> keptFds = List.of();
    private List<EpollRegistration> registrations = List.of();

    private Custody(FdStore store, long migrationId, Collection<OpenFile> open) {
        this.store = store;
        this.migrationId = migrationId;
        this.numbers = open.stream().map(OpenFile::fd).collect(Collectors.toSet());
    }

    /** What a file in custody is called in the keeper's store. */
    static String keptName(long migrationId, int fd) {
        return "c" + Long.toUnsignedString(migrationId, Character.MAX_RADIX) + "." + fd;
    }

    /** Duplicates every file that gets a dummy, and has it kept; the process is frozen, and {@code open} is what it has open. */
    static Custody take(int pidfd, Collection<OpenFile> open, List<FdFate> fates, FdStore store, long migrationId) throws IOException {
        Custody custody = new Custody(store, migrationId, open);
        try {
            for (FdFate fate : fates) {
                int duplicate = Posix.check(Posix.pidfdGetfd(pidfd, fate.fd()), "taking over fd " + fate.fd());
                custody.items.add(new Item(fate, duplicate));
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

    /** Puts dummies under all the descriptors; the process is frozen. */
    void putDummies(AgentControl agent, List<EpollRegistration> registrations) throws IOException {
        this.registrations = registrations;
        List<FdFate> fates = items.stream().map(Item::fate).toList();
        keptFds = new ArrayList<>(new HandOver(agent, registrations).putDummies(fates));
    }

    /** The dummy's other end in the process, -1 for a listener's. */
    int keptFd(int index) {
        return keptFds.get(index);
    }

    /**
     * Puts the files back where they were and lets the process run; it is stopped. What it has open besides is closed: the files of a CRIU
     * that was killed while its code ran there, of which one would keep the process from ever being restored.
     */
    void giveBack(AgentControl agent) throws IOException {
        List<HandOver.Replacement> replacements = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            int keptFd = i < keptFds.size() ? keptFds.get(i) : -1;
            replacements.add(new HandOver.Replacement(items.get(i).fate().files(), items.get(i).daemonFd(), keptFd));
        }
        Set<Integer> ours = new HashSet<>(numbers);
        ours.addAll(keptFds);
        List<Integer> strangers = FdTable.read(agent.pid()).stream().map(OpenFile::fd).filter(fd -> !ours.contains(fd)).toList();
        HandOver.giveBack(agent, registrations, replacements, strangers);
    }

    /** Gives a duplicate away: it is not closed here any more. */
    int handOut(int index) {
        Item item = items.get(index);
        items.set(index, new Item(item.fate(), -1));
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
