package io.homeport.files;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The files that HotSpot makes in /tmp and names by the PID that it sees.
 *
 * <p>{@code hsperfdata_USER/PID}, mapped, are the counters for jstat and jps. Every HotSpot that starts removes the files in
 * that directory whose names are not living processes of its own PID namespace (JDK: perfMemory_posix.cpp,
 * cleanup_sharedmem_files): at any moment, those of JVMs in capsules, and one that was just placed for a restore. So a
 * restored process gets that directory for itself, where nobody removes anything.
 *
 * <p>{@code .java_pidPID} is the socket to which jcmd and every other attaching program connects if it is there; else it has
 * the JVM make it (JDK: VirtualMachineImpl). A JVM that was attached to, moved away and comes back finds the dead one that it
 * left, and could never be attached to again: CRIU binds the socket under the name it was bound to, .java_pidPID.tmp, and
 * HotSpot's renaming of it is not repeated.
 */
final class HotSpotFiles {
    private static final Pattern COUNTERS = Pattern.compile(".*/hsperfdata_[^/]+/[0-9]+");

    private HotSpotFiles() {}

    static boolean isCounters(String path) {
        return COUNTERS.matcher(path).matches();
    }

    /**
     * Where counters that were removed can still be read, null if {@code path} is another file: they may have been removed
     * after the dump, whose image then names them.
     */
    static Path unlinkedCounters(int pid, String path) throws IOException {
        if (isCounters(path)) {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"))) {
                if (line.endsWith(" " + path + " (deleted)")) {
                    return Path.of("/proc/" + pid + "/map_files/" + line.substring(0, line.indexOf(' ')));
                }
            }
        }
        return null;
    }

    /** Where JVM {@code pid}, as this process numbers it, would have its attach socket. */
    static String attachSocket(int pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("NSpid:")) {
                String[] pids = line.split("\\s+");
                return "/tmp/.java_pid" + pids[pids.length - 1];
            }
        }
        return "/tmp/.java_pid" + pid;
    }

    /** Removes an attach socket to which nobody listens; another JVM's stays. */
    static void removeDeadSocket(Path path) throws IOException {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return;
        } catch (ConnectException refused) {
            Files.deleteIfExists(path);
        }
    }
}
