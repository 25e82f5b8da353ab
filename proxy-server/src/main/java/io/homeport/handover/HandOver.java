package io.homeport.handover;

import io.homeport.process.EpollRegistration;
import io.homeport.process.FdFate;
import io.homeport.process.OpenFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts other files under the descriptors of a process whose threads, but the agent's, are stopped.
 *
 * <pre>
 *   before   fd 17 ─ real socket            dummies   fd 17 ─ a ═ unix pair ═ M (kept in the process)
 *                                           install   fd 17 ─ the file that the daemon sent, M closed
 * </pre>
 *
 * <p>TCP connections share a dummy, one for each set of file flags: nobody reads or writes it, and CRIU has one pair to save, not thousands.
 *
 * <p>epoll keeps its registrations by file and number, and the old file lives on in the daemon: each registration is
 * taken out before the descriptor changes hands and put back, word for word, after it (epoll(7), question 6).
 *
 * <p>One instance serves one freeze; called on the thread that froze the process.
 */
public final class HandOver {
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 02000000;
    /** Descriptors in one program: with its registrations each takes some ten operations. */
    private static final int BATCH = 200;

    private final AgentControl agent;
    private final Map<Integer, List<EpollRegistration>> registrations = new HashMap<>();

    /**
     * @param agent the control connection to the process's agent
     * @param registrations all of the process's epoll registrations, read while it is frozen
     */
    public HandOver(AgentControl agent, Collection<EpollRegistration> registrations) {
        this.agent = agent;
        for (EpollRegistration registration : registrations) {
            this.registrations
                    .computeIfAbsent(registration.fd(), fd -> new ArrayList<>())
                    .add(registration);
        }
    }

    /**
     * A file of this daemon to be put under descriptors of the process.
     *
     * @param files the descriptors
     * @param daemonFd what comes there; stays open here
     * @param keptFd the dummy's other end in the process, closed afterwards; -1 if there is none
     */
    public record Replacement(List<OpenFile> files, int daemonFd, int keptFd) {}

    /**
     * Puts AF_UNIX dummies under the descriptors of all the given files.
     *
     * @return for each file the number of the end M kept in the process; -1 for a listener, and for one that shares the dummy of a file before it
     * @throws IOException if the agent fails; what was done until then stands, see {@link #install} to take it back
     */
    public List<Integer> putDummies(List<FdFate> fates) throws IOException {
        Map<Integer, Integer> shared = new HashMap<>();
        List<Integer> kept = new ArrayList<>();
        for (int from = 0; from < fates.size(); from += BATCH) {
            kept.addAll(putBatch(fates.subList(from, Math.min(from + BATCH, fates.size())), shared));
        }
        return kept;
    }

    /** Puts files back under the descriptors of a process that is stopped, closes the {@code strangers} among them, and lets it run. */
    public static void giveBack(AgentControl agent, Collection<EpollRegistration> registrations, List<Replacement> replacements,
            List<Integer> strangers) throws IOException {
        try (FrozenService frozen = FrozenService.wakeAgentOnly(agent, false)) {
            frozen.stopWhenThawed();
            new HandOver(agent, registrations).install(replacements);
            if (!strangers.isEmpty()) {
                SwapProgram program = new SwapProgram();
                strangers.forEach(program::close);
                agent.run(program);
            }
            frozen.runWhenThawed();
        }
    }

    /** Puts files of this daemon under the descriptors of the process. */
    public void install(List<Replacement> replacements) throws IOException {
        for (int from = 0; from < replacements.size(); from += BATCH) {
            SwapProgram program = new SwapProgram();
            for (Replacement replacement :
                    replacements.subList(from, Math.min(from + BATCH, replacements.size()))) {
                SwapProgram.Register file = program.send(replacement.daemonFd());
                swap(program, file, replacement.files());
                if (replacement.keptFd() >= 0) {
                    program.close(replacement.keptFd());
                }
            }
            agent.run(program);
        }
    }

    /** @param shared by file flags, a descriptor with a dummy for all connections that have them */
    private List<Integer> putBatch(List<FdFate> fates, Map<Integer, Integer> shared) throws IOException {
        SwapProgram program = new SwapProgram();
        SwapProgram.Register dummy = program.register();
        SwapProgram.Register other = program.register();
        List<Integer> pairAt = new ArrayList<>();
        for (FdFate fate : fates) {
            boolean listener = fate.facts() != null && fate.facts().listening();
            Integer like = fate.fate().isConnection() && !listener ? shared.putIfAbsent(flags(fate.files()), fate.fd()) : null;
            pairAt.add(listener || like != null ? -1 : program.size());
            if (like != null) {
                swap(program, (to, closeOnExec) -> program.dup(like, to, closeOnExec), fate.files());
            } else if (listener) {
                program.unixListener(1, dummy);
                swap(program, dummy, fate.files());
            } else {
                program.socketpair(SOCK_STREAM | SOCK_CLOEXEC, dummy, other);
                swap(program, dummy, fate.files());
            }
        }
        int[] results = agent.run(program);
        return pairAt.stream().map(at -> at < 0 ? -1 : results[at]).toList();
    }

    private static int flags(List<OpenFile> files) {
        return files.get(0).settableFlags();
    }

    private void swap(SwapProgram program, SwapProgram.Register file, List<OpenFile> files) {
        program.setFlags(file, flags(files));
        swap(program, (to, closeOnExec) -> program.dup(file, to, closeOnExec), files);
        program.close(file);
    }

    /** What puts a file under a descriptor. */
    private interface Put {
        void under(int fd, boolean closeOnExec);
    }

    private void swap(SwapProgram program, Put file, List<OpenFile> files) {
        for (OpenFile open : files) {
            List<EpollRegistration> watched = registrations.getOrDefault(open.fd(), List.of());
            watched.forEach(one -> program.epollDelete(one.epollFd(), one.fd()));
            file.under(open.fd(), open.closeOnExec());
            watched.forEach(one -> program.epollAdd(one.epollFd(), one.fd(), one.events(), one.data()));
        }
    }
}
