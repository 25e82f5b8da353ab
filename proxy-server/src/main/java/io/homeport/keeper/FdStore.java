package io.homeport.keeper;

import io.homeport.posix.Linux;
import io.homeport.posix.Memory;
import io.homeport.posix.Posix;
import io.homeport.posix.PosixException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where descriptors outlive this process.
 *
 * <pre>
 *   keep(name, fd) ─ datagram FDSTORE=1 + SCM_RIGHTS ─► systemd or homeport-keeper
 *   (killed)                                                  │
 *   claim(name)   ◄─ LISTEN_FDS, LISTEN_FDNAMES ── next start ┘
 * </pre>
 *
 * <p>A message that was sent is kept even if this process dies at once: it lies in the keeper's queue. (systemd looks up who sent
 * it, and may not find a process that is gone.) Without a store everything here does nothing. Any thread.
 */
public final class FdStore {
    private static final Logger LOG = LoggerFactory.getLogger(FdStore.class);
    private static final int FIRST_PASSED = 3;
    private static final int MOST_MESSAGE_BYTES = 4096;
    /** Descriptors in one message: SCM_MAX_FD is 253 (include/net/scm.h), and their names must fit. */
    private static final int MOST_AT_ONCE = 125;
    private static final int SOL_SOCKET_SEND_TIMEOUT = 21;
    /** The keeper reads at once; if it hangs, the streams shall not. */
    private static final int SEND_TIMEOUT_S = 1;

    private final int socket;
    private final Keeper keeper;
    private final boolean takesMany;
    private final Map<String, Integer> inherited;
    private final ByteBuffer message = ByteBuffer.allocateDirect(MOST_MESSAGE_BYTES);
    private boolean complained;

    /** Who keeps. */
    public enum Keeper {
        /** Nobody: sockets end with the daemon. */
        NONE,
        /** homeport-keeper, which ends with a daemon that ends in order. */
        OWN,
        /** systemd; its unit says for how long. */
        SYSTEMD
    }

    private FdStore(int socket, Keeper keeper, boolean takesMany, Map<String, Integer> inherited) {
        this.socket = socket;
        this.keeper = keeper;
        this.takesMany = takesMany;
        this.inherited = new HashMap<>(inherited);
    }

    /** No store. */
    public static FdStore none() {
        return new FdStore(-1, Keeper.NONE, false, Map.of());
    }

    /**
     * The store that this process was started with, if any; takes what was kept for it. Call once.
     *
     * @throws IOException if there is one and it does not answer
     */
    public static FdStore fromEnvironment(Map<String, String> environment) throws IOException {
        Map<String, Integer> inherited = inherited(environment);
        String address = environment.getOrDefault("NOTIFY_SOCKET", "");
        // systemd says FDSTORE=N if the unit has a store (254 and later), before that the unit itself; without one a message would be for nothing.
        if (address.isEmpty() || !environment.containsKey("FDSTORE")) {
            return new FdStore(-1, Keeper.NONE, false, inherited);
        }
        int socket = Posix.check(Posix.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_CLOEXEC, 0), "socket");
        byte[] timeout = ByteBuffer.allocate(16).order(java.nio.ByteOrder.nativeOrder()).putLong(SEND_TIMEOUT_S).putLong(0).array();
        Posix.setsockopt(socket, Linux.SOL_SOCKET, SOL_SOCKET_SEND_TIMEOUT, timeout);
        Posix.check(Posix.connect(socket, sockaddr(address)), "connecting to the keeper at " + address);
        boolean own = environment.containsKey("HOMEPORT_KEEPER");
        boolean takesMany = own && environment.containsKey("HOMEPORT_KEEPER_NAMES");
        return new FdStore(socket, own ? Keeper.OWN : Keeper.SYSTEMD, takesMany, inherited);
    }

    public Keeper keeper() {
        return keeper;
    }

    /** Whether what is kept will be there after this process. */
    public boolean keeps() {
        return keeper != Keeper.NONE;
    }

    /** Keeps a descriptor under a name of up to 31 letters and digits that no other has; the caller's own stays as it is. */
    public synchronized void keep(String name, int fd) {
        // FDPOLL=0: systemd would let go of a socket that has failed or hung up, which is the daemon's to see (systemd 246).
        send("FDSTORE=1\nFDPOLL=0\nFDNAME=" + name, fd);
    }

    /** The same of many: a message for some hundred, or for each if that is all that the keeper understands. */
    public synchronized void keep(List<String> names, List<Integer> fds) {
        if (!takesMany) {
            for (int i = 0; i < names.size(); i++) {
                keep(names.get(i), fds.get(i));
            }
            return;
        }
        for (int from = 0; from < names.size(); from += MOST_AT_ONCE) {
            int to = Math.min(from + MOST_AT_ONCE, names.size());
            send("FDSTORE=1\nFDNAMES=" + String.join(":", names.subList(from, to)), fds.subList(from, to).stream().mapToInt(fd -> fd).toArray());
        }
    }

    /** Lets go of what is kept under a name. */
    public void letGo(String name) {
        send("FDSTOREREMOVE=1\nFDNAME=" + name, -1);
    }

    /** Everything is up: from here on an abnormal end leads to a new start. */
    public void ready() {
        send("READY=1", -1);
    }

    /** Takes the descriptor that an earlier process has kept under a name; -1 if there is none. The caller owns it. */
    public synchronized int claim(String name) {
        Integer fd = inherited.remove(name);
        return fd == null ? -1 : fd;
    }

    /** What an inherited descriptor refers to, as /proc/PID/fd shows it (proc_pid_fd(5)); empty if there is none of that name. */
    public synchronized String fileOf(String name) {
        try {
            Integer fd = inherited.get(name);
            return fd == null ? "" : Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether an earlier process has left anything. */
    public synchronized boolean hasInherited() {
        return !inherited.isEmpty();
    }

    /** Closes and lets go of what nobody has claimed; answers the names. */
    public synchronized List<String> clear() {
        List<String> names = new ArrayList<>(inherited.keySet());
        inherited.forEach((name, fd) -> {
            letGo(name);
            Posix.close(fd);
        });
        inherited.clear();
        return names;
    }

    private void send(String text, int fd) {
        send(text, fd < 0 ? new int[0] : new int[] {fd});
    }

    private synchronized void send(String text, int[] fds) {
        if (socket < 0) {
            return;
        }
        message.clear().put(text.getBytes(StandardCharsets.US_ASCII));
        int sent = Posix.sendFds(socket, Memory.address(message), message.position(), fds, fds.length);
        if (sent < 0 && !complained) {
            complained = true;
            LOG.warn("the keeper of this daemon's sockets does not take messages any more ({}): they will end with the daemon",
                    new PosixException(-sent, text.lines().findFirst().orElse("")).getMessage());
        }
    }

    private static Map<String, Integer> inherited(Map<String, String> environment) {
        Map<String, Integer> inherited = new HashMap<>();
        if (!Long.toString(ProcessHandle.current().pid()).equals(environment.get("LISTEN_PID"))) {
            return inherited;
        }
        int count = Integer.parseInt(environment.getOrDefault("LISTEN_FDS", "0"));
        String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":");
        for (int i = 0; i < count; i++) {
            int fd = FIRST_PASSED + i;
            Posix.fcntl(fd, Linux.F_SETFD, Linux.FD_CLOEXEC);
            Integer twice = inherited.put(i < names.length ? names[i] : "", fd);
            if (twice != null) {
                Posix.close(twice);
            }
        }
        return inherited;
    }

    /** struct sockaddr_un; a leading @ stands for NUL: the abstract namespace (unix(7)). */
    private static byte[] sockaddr(String address) {
        byte[] path = address.getBytes(StandardCharsets.UTF_8);
        if (path[0] == '@') {
            path[0] = 0;
        }
        ByteBuffer out = ByteBuffer.allocate(Short.BYTES + path.length).order(java.nio.ByteOrder.nativeOrder());
        return out.putShort((short) Linux.AF_UNIX).put(path).array();
    }
}
