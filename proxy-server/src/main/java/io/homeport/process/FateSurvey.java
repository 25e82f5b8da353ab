package io.homeport.process;

import io.homeport.posix.Errno;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * Decides the fate of every descriptor of a process.
 *
 * <p>Two descriptors are taken to share an open file when they point to the same inode with the same access mode: a
 * socket has one file for each inode, and the two ends of a pipe differ in the mode.
 */
public final class FateSurvey {
    private final int pid;
    private final int pidfd;
    private final long homeNamespaceCookie;
    private final Predicate<OpenFile> knownDummy;
    /** Connections that an earlier look has found, by what their link shows: of those only what may have changed is asked again. */
    private final Map<String, SocketFacts> connections = new ConcurrentHashMap<>();
    /** The same, but with one number each, by that. */
    private final Int2ObjectHashMap<FdFate> lone = new Int2ObjectHashMap<>();

    /**
     * @param pid the process
     * @param pidfd a descriptor of this daemon that refers to it, not closed here
     * @param homeNamespaceCookie the cookie of this node's own network namespace: a socket of another one is a shadow
     * @param knownDummy tells the AF_UNIX dummies that this node's stubs serve
     */
    public FateSurvey(
            int pid, int pidfd, long homeNamespaceCookie, Predicate<OpenFile> knownDummy) {
        this.pid = pid;
        this.pidfd = pidfd;
        this.homeNamespaceCookie = homeNamespaceCookie;
        this.knownDummy = knownDummy;
    }

    /**
     * The fates in the order of the lowest descriptor number; of a running process without sockets that are closed meanwhile. A connection that an earlier look has
     * found under the same number is taken for one still: whoever has it in custody asks {@link #again}.
     */
    public List<FdFate> examine(List<OpenFile> files) throws IOException {
        // Of these some may be further numbers of a connection that had one.
        Set<String> shared = files.stream()
                .filter(file -> !isKnown(file)).map(OpenFile::target).filter(connections::containsKey).collect(Collectors.toSet());
        List<FdFate> fates = new ArrayList<>(files.size());
        List<OpenFile> others = new ArrayList<>();
        for (OpenFile file : files) {
            if (isKnown(file) && !shared.contains(file.target())) {
                fates.add(lone.get(file.fd()));
            } else {
                others.add(file);
            }
        }
        fates.addAll(ask(others));
        fates.sort(Comparator.comparingInt(FdFate::fd));
        return fates;
    }

    private List<FdFate> ask(List<OpenFile> files) throws IOException {
        Map<String, List<OpenFile>> groups = new LinkedHashMap<>();
        for (OpenFile file : files) {
            groups.computeIfAbsent(shareKey(file), key -> new ArrayList<>()).add(file);
        }
        Set<String> internalPipes = internalPipes(files);
        BlockedConnects connects = new BlockedConnects(pid);
        List<FdFate> fates = Parallel.ask(List.copyOf(groups.values()), group -> fateOf(group, internalPipes, connects));
        fates.removeIf(Objects::isNull);
        for (FdFate fate : fates) {
            if (fate.isConnection() && fate.files().size() == 1) {
                lone.put(fate.fd(), fate);
            }
        }
        return fates;
    }

    private boolean isKnown(OpenFile file) {
        return file.equals(known(file.fd()));
    }

    /** The file that an earlier look has found under a number, if it is a connection's and has no other; else null. */
    public OpenFile known(int fd) {
        FdFate fate = lone.get(fd);
        return fate == null ? null : fate.file();
    }

    /** The fate now of what was a connection when it was looked at; the process stands still. Any thread. @param duplicate of its descriptor; stays the caller's */
    public FdFate again(FdFate connection, int duplicate) throws IOException {
        SocketFacts same = connection.facts().again(duplicate);
        return same == null
                ? tcpFate(connection.files(), SocketFacts.of(duplicate), new BlockedConnects(pid))
                : new FdFate(connection.files(), Fate.CONNECTION, same, "");
    }

    private static String shareKey(OpenFile file) {
        if (file.isSocket() || file.isTerminal()) {
            return file.target();
        }
        return file.isPipe() ? file.target() + file.readOnly() : "fd " + file.fd();
    }

    private static Set<String> internalPipes(List<OpenFile> files) {
        Map<String, Set<Boolean>> modes = new HashMap<>();
        for (OpenFile file : files) {
            if (file.isPipe()) {
                modes.computeIfAbsent(file.target(), key -> new HashSet<>()).add(file.readOnly());
            }
        }
        modes.values().removeIf(ends -> ends.size() < 2);
        return modes.keySet();
    }

    /** Null if it is closed meanwhile. */
    private FdFate fateOf(List<OpenFile> group, Set<String> internalPipes, BlockedConnects connects) throws IOException {
        OpenFile file = group.get(0);
        if (file.isSocket()) {
            return knownDummy.test(file) ? new FdFate(group, Fate.STUB, null, "") : socketFate(group, connects);
        }
        if (file.isPipe()) {
            Fate external = file.readOnly() ? Fate.PIPE_IN : Fate.PIPE_OUT;
            return new FdFate(group, internalPipes.contains(file.target()) ? Fate.INTERNAL : external, null, "");
        }
        if (file.isTerminal()) {
            return new FdFate(group, Fate.TERMINAL, null, "");
        }
        if (file.target().contains("[io_uring]")) {
            return refused(group, null, "io_uring: CRIU cannot save it; start the service without it "
                    + "(for Netty: use the epoll or NIO transport)");
        }
        // Of deleted files it says nothing: memfd and shared memory lie in mounts of the kernel's own.
        boolean named = file.target().startsWith("/") && !file.target().endsWith(" (deleted)");
        if (named && !FdTable.inOwnMount(pid, file.fd())) {
            return refused(group, null, "opened outside of the process's mount namespace, where CRIU cannot name it; "
                    + "redirect to a file that the process itself can see, or through a pipe");
        }
        return new FdFate(group, Fate.SAVED, null, "");
    }

    private FdFate socketFate(List<OpenFile> group, BlockedConnects connects) throws IOException {
        SocketFacts before = connections.get(group.get(0).target());
        if (before != null && isShadow(before)) {
            return new FdFate(group, Fate.STUB, before, ""); // whether it has ended since, its stub knows
        }
        int duplicate = Posix.pidfdGetfd(pidfd, group.get(0).fd());
        if (duplicate == -Errno.EBADF) {
            return null;
        }
        if (duplicate < 0) {
            return refused(group, null, "cannot look at it: " + Errno.text(-duplicate));
        }
        try {
            SocketFacts facts = facts(group.get(0).target(), before, duplicate);
            if (facts == null) {
                return null;
            }
            if (isShadow(facts)) {
                return new FdFate(group, Fate.STUB, facts, "");
            }
            if (facts.tcp() != null) {
                return tcpFate(group, facts, connects);
            }
            return facts.inet() ? datagramFate(group, facts) : otherFate(group, facts);
        } finally {
            Posix.close(duplicate);
        }
    }

    private boolean isShadow(SocketFacts facts) {
        return facts.namespaceCookie() != homeNamespaceCookie && facts.inet();
    }

    /** Null if the number is another file's by now. @param before what an earlier look has found, null if nothing */
    private SocketFacts facts(String target, SocketFacts before, int duplicate) throws IOException {
        SocketFacts facts = before == null ? null : before.again(duplicate);
        if (facts != null) {
            return facts;
        }
        if (Posix.getsockoptInt(duplicate, Linux.SOL_SOCKET, Linux.SO_DOMAIN) == -Errno.ENOTSOCK) {
            return null;
        }
        facts = SocketFacts.of(duplicate);
        if (facts.tcp() != null && facts.connected()) {
            connections.put(target, facts);
        }
        return facts;
    }

    private FdFate tcpFate(List<OpenFile> group, SocketFacts facts, BlockedConnects connects) throws IOException {
        if (facts.listening()) {
            return new FdFate(group, Fate.LISTENER, facts, "listening on " + facts.localText());
        }
        if (facts.tcp().connecting()) {
            String failed = facts.tcp().connectFailed() ? ", which has failed" : "";
            return new FdFate(group, Fate.CONNECTING, facts, "to " + facts.remoteText() + failed);
        }
        if (facts.connected() && facts.tcp().silent() && connects.onAnyOf(group)) {
            return new FdFate(group, Fate.CONNECTING, facts, "to " + facts.remoteText() + ", which has just answered");
        }
        if (facts.connected()) {
            return new FdFate(group, Fate.CONNECTION, facts, "");
        }
        if (facts.tcp().used() || facts.remote() != null) {
            return new FdFate(group, Fate.ENDED, facts, "was " + facts.localText());
        }
        boolean anywhere = !(facts.local() instanceof InetSocketAddress bound) || bound.getAddress().isAnyLocalAddress();
        return anywhere
                ? new FdFate(group, Fate.SAVED, facts, "TCP socket on " + facts.localText() + ", not connected")
                : refused(group, facts, "a TCP socket bound to " + facts.localText() + ", an address of this node, that neither listens "
                        + "nor is connected; try again when it does");
    }

    private FdFate datagramFate(List<OpenFile> group, SocketFacts facts) {
        boolean anywhere = facts.local() instanceof InetSocketAddress address
                && address.getAddress().isAnyLocalAddress();
        if (facts.type() == SocketFacts.SOCK_DGRAM && !facts.connected() && anywhere) {
            return new FdFate(group, Fate.SAVED, facts, "datagram socket on " + facts.localText());
        }
        return refused(group, facts, "a datagram or raw socket bound to an address of this node: " + facts.addresses());
    }

    private FdFate otherFate(List<OpenFile> group, SocketFacts facts) {
        if (facts.domain() != SocketFacts.AF_UNIX) {
            return refused(group, facts, "socket family " + facts.domain() + " is bound to this machine");
        }
        if (facts.listening() || facts.peerPid() == pid || !facts.connected()) {
            return new FdFate(group, Fate.INTERNAL, facts, "");
        }
        if (facts.type() == SocketFacts.SOCK_STREAM) {
            return new FdFate(group, Fate.UNIX_STREAM, facts, "with process " + facts.peerPid());
        }
        return refused(group, facts, "a unix datagram socket connected to another process");
    }

    private static FdFate refused(List<OpenFile> group, SocketFacts facts, String why) {
        return new FdFate(group, Fate.REFUSED, facts, why);
    }
}
