package io.homeport.handover;

import io.homeport.posix.Memory;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import io.homeport.process.Descriptor;
import io.homeport.process.EpollRegistration;
import io.homeport.process.EpollSet;
import io.homeport.process.OpenFile;
import io.homeport.socket.Parking;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Epoll sets that watch the files of a process before it is there: ten thousand registrations that need not be made while it stands still.
 *
 * <pre>
 *   make      in a descriptor table that lasts as long as this: parked file ─ fd 17, registered in a set of this daemon's
 *             (a set knows a file by its number where it is registered, and as long as the file is open anywhere: epoll(7), question 6)
 *   berth     where the file comes in the process, and what of its registrations has changed since
 *   install   the set ─ fd 9 of the process, instead of the one that came with its image; it watches what that one did, too
 * </pre>
 *
 * <p>They may be given up at any time: then registrations are made one by one. One thread at a time.
 */
public final class SetsAhead implements Closeable {
    /** They are sent along with each program. */
    private static final int MOST_SETS = 100;

    /** This daemon's, by the number that the set has in the process. */
    private final Map<Integer, Integer> sets = new LinkedHashMap<>();
    /** Where each parked file was to come, in the order in which they were parked. */
    private final List<List<Descriptor>> foreseen;
    /** What is left to do for each, if it comes there. */
    private final List<HandOver.Berth> ready = new ArrayList<>();
    /** Registrations of parked files that are in the sets, and should not. */
    private final List<EpollRegistration> stale = new ArrayList<>();
    /** The other way round. */
    private final List<EpollRegistration> missing = new ArrayList<>();
    /** Sets with a registration that can't be taken out, as nothing is under its number any more. */
    private final Set<Integer> spoilt = new HashSet<>();

    private SetsAhead(List<List<Descriptor>> foreseen) {
        this.foreseen = foreseen;
    }

    /** None. */
    public static SetsAhead none() {
        return new SetsAhead(List.of());
    }

    /** Makes them. @param foreseen where each parked file is to come, in the order in which they were parked */
    public static SetsAhead make(Parking parking, List<List<Descriptor>> foreseen) throws IOException {
        SetsAhead ahead = new SetsAhead(foreseen);
        try {
            ahead.create();
            ahead.register(parking);
            return ahead;
        } catch (IOException | RuntimeException e) {
            ahead.close();
            throw e;
        }
    }

    private void create() throws PosixException {
        Set<Integer> numbers = new LinkedHashSet<>();
        foreseen.forEach(places -> places.forEach(place -> place.registrations().forEach(one -> numbers.add(one.epollFd()))));
        for (int number : numbers) {
            if (sets.size() < MOST_SETS) {
                sets.put(number, Posix.check(Posix.epollCreate(), "epoll_create1"));
            }
        }
    }

    private void register(Parking parking) throws IOException {
        if (sets.isEmpty()) {
            return;
        }
        Unparking unparking = Unparking.watchedBy(sets, parking, foreseen.stream().map(places -> new HandOver.Berth(only(true, places), -1)).toList());
        List<SwapProgram> programs = unparking.programs();
        ByteBuffer operations = ByteBuffer.allocateDirect(programs.stream().mapToInt(SwapProgram::size).sum() * SwapProgram.OPERATION_BYTES);
        programs.forEach(program -> program.encode(operations));
        int[] counts = programs.stream().mapToInt(SwapProgram::size).toArray();
        Posix.check(Posix.runApart(Memory.address(operations), counts, programs.get(0).sentFds(), unparking.highest()),
                "registering files ahead");
        foreseen.forEach(places -> ready.add(new HandOver.Berth(only(false, places), -1, true)));
    }

    /** The places with those registrations that are made ahead, or with the others. */
    private List<Descriptor> only(boolean made, List<Descriptor> places) {
        return places.stream()
                .map(place -> new Descriptor(place.fd(), place.flags(), place.registrations().stream().filter(one -> isMade(one) == made).toList()))
                .toList();
    }

    private boolean isMade(EpollRegistration one) {
        return sets.containsKey(one.epollFd());
    }

    /**
     * What is left to do for a parked file.
     *
     * @param index how many were parked before it
     * @param places where it comes now
     */
    public HandOver.Berth berth(int index, List<Descriptor> places) {
        if (index >= ready.size() || foreseen.get(index).isEmpty()) {
            return new HandOver.Berth(places, -1);
        }
        List<Descriptor> before = foreseen.get(index);
        if (before.equals(places)) {
            return ready.get(index); // as mostly
        }
        compare(before, places);
        return new HandOver.Berth(only(false, places), -1, before.get(0).flags() == places.get(0).flags());
    }

    private void compare(List<Descriptor> before, List<Descriptor> now) {
        Map<Integer, Descriptor> nowByFd = new HashMap<>();
        now.forEach(place -> nowByFd.put(place.fd(), place));
        Set<EpollRegistration> made = new HashSet<>();
        for (Descriptor was : before) {
            for (EpollRegistration one : was.registrations().stream().filter(this::isMade).toList()) {
                made.add(one);
                Descriptor is = nowByFd.get(one.fd());
                if (is == null) {
                    spoilt.add(one.epollFd());
                } else if (!is.registrations().contains(one)) {
                    stale.add(one);
                }
            }
        }
        now.forEach(place -> place.registrations().stream().filter(one -> isMade(one) && !made.contains(one)).forEach(missing::add));
    }

    /** The sets that a process with these sets gets instead, and what they are to watch then. */
    public final class Fitting {
        private final List<HandOver.Replacement> replacements = new ArrayList<>();
        private final List<EpollRegistration> out = new ArrayList<>();
        private final List<EpollRegistration> in = new ArrayList<>();

        private Fitting(List<EpollSet> there, List<Descriptor> vacated) {
            Set<Integer> left = new HashSet<>(sets.keySet());
            Set<Integer> replaced = new HashSet<>();
            for (EpollSet set : there) {
                List<Integer> numbers = set.files().stream().map(OpenFile::fd).filter(sets::containsKey).toList();
                if (numbers.size() == 1 && !spoilt.contains(numbers.get(0))) {
                    replacements.add(new HandOver.Replacement(Descriptor.of(set.files(), Map.of()), sets.get(numbers.get(0)), -1));
                    left.removeAll(numbers);
                    set.files().forEach(file -> replaced.add(file.fd()));
                }
            }
            for (EpollSet set : there) {
                // Others may watch one that is replaced: a virtual thread's poller, for example.
                boolean itself = replaced.contains(set.files().get(0).fd());
                set.registrations().stream().filter(one -> itself || replaced.contains(one.fd())).forEach(in::add);
            }
            stale.stream().filter(one -> !left.contains(one.epollFd())).forEach(out::add);
            missing.stream().filter(one -> !left.contains(one.epollFd())).forEach(in::add);
            if (!left.isEmpty()) {
                vacated.forEach(place -> place.registrations().stream().filter(one -> left.contains(one.epollFd())).forEach(in::add));
            }
        }

        /** Before any file is installed. */
        public void sets(HandOver.Places places) throws IOException {
            places.install(replacements);
        }

        /** When all files are in place. */
        public void registrations(HandOver.Places places) throws IOException {
            places.rewatch(out, in);
        }
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return sets.isEmpty();
    }

    /**
     * When {@link #berth} has been asked about all files.
     *
     * @param there the process's own sets; nothing is under the numbers of {@code vacated}, which are told with all that is to watch them
     */
    public Fitting fit(List<EpollSet> there, List<Descriptor> vacated) {
        return new Fitting(there, vacated);
    }

    /** The process that has them keeps them. */
    @Override
    public void close() {
        sets.values().forEach(Posix::close);
        sets.clear();
    }
}
