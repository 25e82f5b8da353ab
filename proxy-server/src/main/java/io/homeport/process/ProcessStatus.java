package io.homeport.process;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The lines of {@code /proc/PID/status} that a move needs (proc_pid_status(5)).
 *
 * @param pid the process id as this daemon sees it
 * @param name the command's short name
 * @param state one letter: R, S, D, T (stopped), t (traced), Z
 * @param parentPid the parent as this daemon sees it, 0 if it is outside of this PID namespace
 * @param tracerPid the process that traces this one, 0 if none does
 * @param uid the real user id
 * @param namespacePids the process id in each nested PID namespace, this daemon's first
 * @param threads the number of threads
 * @param residentBytes memory that is in RAM (VmRSS)
 * @param descriptorSlots above every number of an open descriptor (FDSize)
 */
public record ProcessStatus(
        int pid,
        String name,
        char state,
        int parentPid,
        int tracerPid,
        int uid,
        List<Integer> namespacePids,
        int threads,
        long residentBytes,
        int descriptorSlots) {

    /**
     * Reads the status of a process.
     *
     * @throws NoSuchFileException if there is no such process
     */
    public static ProcessStatus read(int pid) throws IOException {
        Map<String, String> fields = new HashMap<>();
        for (String line : ThreadFile.readLiving(Path.of("/proc/" + pid + "/status")).split("\n")) {
            int colon = line.indexOf(':');
            fields.put(line.substring(0, colon), line.substring(colon + 1).trim());
        }
        return new ProcessStatus(
                pid,
                fields.get("Name"),
                fields.get("State").charAt(0),
                Integer.parseInt(fields.get("PPid")),
                Integer.parseInt(fields.get("TracerPid")),
                Integer.parseInt(fields.get("Uid").split("\\s+")[0]),
                Arrays.stream(fields.getOrDefault("NSpid", "" + pid).split("\\s+"))
                        .map(Integer::valueOf)
                        .toList(),
                Integer.parseInt(fields.get("Threads")),
                1024 * Long.parseLong(fields.getOrDefault("VmRSS", "0 kB").split("\\s+")[0]),
                Integer.parseInt(fields.get("FDSize")));
    }

    /** The process id as the process itself sees it: that of its innermost PID namespace. */
    public int innermostPid() {
        return namespacePids.get(namespacePids.size() - 1);
    }

    /** Whether the process lives in a PID namespace below this daemon's: in a capsule. */
    public boolean inNestedPidNamespace() {
        return namespacePids.size() > 1;
    }
}
