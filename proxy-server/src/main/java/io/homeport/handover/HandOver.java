package io.homeport.handover;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.process.Descriptor;
import io.homeport.process.EpollRegistration;
import io.homeport.process.EpollSet;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Takes files from under the descriptors of a process that is stopped but for its agent, and puts others there.
 *
 * <pre>
 *   before      fd 17 ─ real socket, watched by the epoll set at fd 9
 *   thin        fd  9 ─ another set, which watches only what stays
 *   vacate      fd 17 ─ free; a low one, and the highest ─ the agent's own end
 *   putDummies  fd  1 ─ a ═ unix pair ═ M (kept in the process), watched as before
 *   install     fd 17 ─ the file that the daemon sent or has parked, watched as before; M closed
 * </pre>
 *
 * <p>epoll keeps its registrations by file and number, and as long as the file is open anywhere (epoll(7), question 6). So whoever holds the socket and the set
 * holds what was registered, too: both put back, nothing has changed. Where another file comes under a number that a set watches, the registration
 * is taken out before and put in, word for word, after it.
 *
 * <p>Called on the thread that froze the process, or woke its agent. What was done until a failure stands; see {@link #install} to take it
 * back.
 */
public final class HandOver {
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 02000000;
    /** So many programs are begun before the first of them is waited for: the agent need not wait until this thread has its turn. */
    private static final int AHEAD = 8;

    private final AgentControl agent;
    /** Programs that were begun and not waited for, the first first. */
    private final Deque<AgentControl.Running> underWay = new ArrayDeque<>();

    /** @param agent the control connection to the process's agent */
    public HandOver(AgentControl agent) {
        this.agent = agent;
    }

    /**
     * A file of this daemon to be put under descriptors of the process.
     *
     * @param places the descriptors
     * @param daemonFd what comes there; stays open here
     * @param keptFd the dummy's other end in the process, closed afterwards; -1 if there is none
     */
    public record Replacement(List<Descriptor> places, int daemonFd, int keptFd) {}

    /**
     * Where a parked file comes in the process.
     *
     * @param places the descriptors; none if it is not to come there
     * @param keptFd as {@link Replacement#keptFd}
     * @param flagged whether its status flags are those of the places already
     */
    public record Berth(List<Descriptor> places, int keptFd, boolean flagged) {
        /** Of one that does not come into the process. */
        public static final Berth NONE = new Berth(List.of(), -1);

        public Berth(List<Descriptor> places, int keptFd) {
            this(places, keptFd, false);
        }
    }

    /**
     * Puts other sets under the descriptors of epoll sets, which watch what the process keeps. Those that were there watch on, in the hands of who
     * has duplicates of them.
     *
     * @param leaving numbers whose files the process does not keep
     */
    public void thin(List<EpollSet> sets, Set<Integer> leaving) throws IOException {
        List<Replacement> others = new ArrayList<>();
        try {
            for (EpollSet set : sets) {
                others.add(new Replacement(Descriptor.of(set.files(), Map.of()), Posix.check(Posix.epollCreate(), "epoll_create1"), -1));
            }
            begin(others);
            begin(sets.stream().flatMap(set -> set.registrations().stream()).filter(one -> !leaving.contains(one.fd())).toList(), HandOver::watch);
            finish();
        } finally {
            others.forEach(other -> Posix.close(other.daemonFd()));
        }
    }

    /**
     * Takes files from under descriptors, which no set watches, for a checkpoint: CRIU looks at each that is open, for some 30 us. Code of CRIU's opens files of its own
     * in the process, at the lowest free numbers, and closes them by number when the process runs again, even if CRIU was killed (compel's
     * parasite_fini): these must not be the application's. So the agent frees low numbers that it has kept for that, and what lies below them
     * stays taken, by one file that is there anyway and is watched by nobody.
     *
     * <p>The highest stays taken, too: so CRIU gives the copy a table with room for all while it has one thread. A table that grows under many threads waits for a
     * grace period (fs/file.c, expand_fdtable: synchronize_rcu), 10 to 30 ms.
     */
    public void vacate(List<Descriptor> places) throws IOException {
        SwapProgram room = new SwapProgram();
        room.giveRoom(agent.controlFd());
        int highestOfRoom = agent.run(room)[0];
        int highest = places.stream().mapToInt(Descriptor::fd).max().orElse(0);
        begin(places, (place, program) -> {
            if (highestOfRoom < place.fd() && place.fd() < highest) {
                program.close(place.fd());
            } else {
                program.dup(agent.controlFd(), place.fd());
            }
        });
        finish();
    }

    /** Has files put under numbers that were vacated. */
    public void fill(Installation files) throws IOException {
        takeRoom();
        files.into(new Vacated());
        finish();
        takeRoom(); // what lay in the way of it may have gone
    }

    /** The agent keeps low numbers for the next checkpoint: those that it has freed, if nothing lies there. */
    private void takeRoom() throws IOException {
        SwapProgram program = new SwapProgram();
        program.takeRoom(agent.controlFd());
        agent.run(program);
    }

    /**
     * Puts AF_UNIX dummies under the descriptors of all the given files.
     *
     * @return for each file the number of the end M kept in the process
     */
    public List<Integer> putDummies(List<List<Descriptor>> files) throws IOException {
        List<Integer> kept = new ArrayList<>();
        for (List<Descriptor> places : files) {
            SwapProgram program = new SwapProgram();
            SwapProgram.Register dummy = program.register();
            SwapProgram.Register other = program.register();
            program.socketpair(SOCK_STREAM | SOCK_CLOEXEC, dummy, other);
            put(program, dummy, places);
            program.close(dummy);
            kept.add(agent.run(program)[0]);
        }
        return kept;
    }

    /** Puts files of this daemon under the descriptors of the process. */
    public void install(List<Replacement> replacements) throws IOException {
        begin(replacements);
        finish();
    }

    private void begin(List<Replacement> replacements) throws IOException {
        begin(replacements, (replacement, program) -> {
            put(program, program.send(replacement.daemonFd()), replacement.places());
            closeKept(program, replacement.keptFd());
        });
    }

    static void closeKept(SwapProgram program, int keptFd) {
        if (keptFd >= 0) {
            program.close(keptFd);
        }
    }

    /** What puts files under descriptors, some hundred at a time. */
    @FunctionalInterface
    public interface Installation {
        void into(Places places) throws IOException;
    }

    /** Where files come. */
    public interface Places {
        /** As {@link HandOver#install}; the daemon's descriptors may be closed when this returns. */
        void install(List<Replacement> replacements) throws IOException;

        /** The same of parked files, which the agent takes out of their queue. */
        void install(Unparking files) throws IOException;

        /** Takes registrations out of epoll sets, and puts others in, when all files are in place. */
        void rewatch(List<EpollRegistration> stale, List<EpollRegistration> anew) throws IOException;
    }

    /** Numbers under which nothing is that is watched. */
    private final class Vacated implements Places {
        @Override
        public void install(List<Replacement> replacements) throws IOException {
            begin(replacements, (replacement, program) -> {
                SwapProgram.Register file = program.send(replacement.daemonFd());
                program.setFlags(file, replacement.places().get(0).settableFlags());
                putAnew(program, file, replacement.places(), one -> watch(one, program));
                closeKept(program, replacement.keptFd());
            });
        }

        @Override
        public void install(Unparking files) throws IOException {
            for (SwapProgram program : files.programs()) {
                begin(program);
            }
        }

        @Override
        public void rewatch(List<EpollRegistration> stale, List<EpollRegistration> anew) throws IOException {
            begin(stale, (one, program) -> program.epollDelete(one.epollFd(), one.fd()));
            begin(anew, HandOver::watch);
        }
    }

    /** Puts files back under numbers of a process that is stopped, closes the {@code strangers} among these, and lets it run. */
    public static void giveBack(AgentControl agent, List<Integer> strangers, Installation files) throws IOException {
        try (AwakeAgent awake = AwakeAgent.in(agent, false)) {
            new HandOver(agent).fill(into -> {
                files.into(into);
                if (!strangers.isEmpty()) {
                    SwapProgram program = new SwapProgram();
                    strangers.forEach(program::close);
                    agent.run(program);
                }
            });
        }
        Posix.check(Posix.kill(agent.pid(), Linux.SIGCONT), "letting process " + agent.pid() + " run");
    }

    /** Programs one behind the other: the agent runs some while the next is made. */
    private <T> void begin(List<T> all, BiConsumer<T, SwapProgram> part) throws IOException {
        SwapProgram program = new SwapProgram();
        for (T one : all) {
            part.accept(one, program);
            if (program.isFull()) {
                begin(program);
                program = new SwapProgram();
            }
        }
        if (!program.isEmpty()) {
            begin(program);
        }
    }

    private void begin(SwapProgram program) throws IOException {
        underWay.add(agent.begin(program));
        if (underWay.size() > AHEAD) {
            underWay.remove().await();
        }
    }

    /** Returns when all of them have been run. */
    private void finish() throws IOException {
        List<AgentControl.Running> all = List.copyOf(underWay);
        underWay.clear();
        for (AgentControl.Running running : all) {
            running.await();
        }
    }

    /** In place of files that are watched. */
    private static void put(SwapProgram program, SwapProgram.Register file, List<Descriptor> places) {
        program.setFlags(file, places.get(0).settableFlags());
        for (Descriptor place : places) {
            place.registrations().forEach(one -> program.epollDelete(one.epollFd(), one.fd()));
            program.dup(file, place.fd(), place.closeOnExec());
            watch(program, place);
        }
    }

    /** Where nothing is watched; the file was sent along, and has its flags. */
    static void putAnew(SwapProgram program, SwapProgram.Register file, List<Descriptor> places, Consumer<EpollRegistration> watch) {
        for (Descriptor place : places) {
            if (place == places.get(places.size() - 1)) {
                program.move(file, place.fd(), place.closeOnExec());
            } else {
                program.dup(file, place.fd(), place.closeOnExec());
            }
            place.registrations().forEach(watch);
        }
    }

    private static void watch(SwapProgram program, Descriptor place) {
        place.registrations().forEach(one -> watch(one, program));
    }

    static void watch(EpollRegistration one, SwapProgram program) {
        program.epollAdd(one.epollFd(), one.fd(), one.events(), one.data());
    }
}
