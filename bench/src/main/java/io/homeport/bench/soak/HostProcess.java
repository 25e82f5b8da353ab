package io.homeport.bench.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads one process of /proc. Any thread; a process that is gone is empty. */
final class HostProcess {
    private static final long PF_EXITING = 0x4;
    private static final long PF_SIGNALED = 0x400;
    private static final long SIGKILL_BIT = 1L << 8;

    private HostProcess() {}

    /** Its words, each ended by NUL (proc_pid_cmdline(5)); none for a kernel thread or a zombie. */
    static Optional<String> commandLine(int pid) {
        return read(pid, "cmdline");
    }

    /** State and parent, fields 3 and 4 of proc_pid_stat(5): the name before them may hold anything. */
    static Optional<String> stat(int pid) {
        return read(pid, "stat").map(line -> line.substring(line.lastIndexOf(')') + 2));
    }

    /**
     * Whether it has been killed and has only not ended yet: to the eye it runs then, though it was stopped before and executes
     * nothing of its own any more. SIGKILL is pending (proc_pid_status(5)), or taken: PF_SIGNALED or PF_EXITING, field 9 of
     * proc_pid_stat(5), include/linux/sched.h.
     */
    static boolean dying(int pid) {
        String status = read(pid, "status").orElse("");
        return pendingKill(status, "SigPnd:\t") || pendingKill(status, "ShdPnd:\t")
                || stat(pid).map(stat -> (Long.parseLong(stat.split(" ")[6]) & (PF_SIGNALED | PF_EXITING)) != 0).orElse(true);
    }

    /**
     * Whether it is a child of CRIU's: then what runs is CRIU's restorer, and none of its own code. CRIU sends it SIGSTOP before it ends
     * (cr-restore.c, finalize_restore) and leaves it to its capsule's init.
     */
    static boolean beingRestored(int pid) {
        return stat(pid)
                .flatMap(stat -> commandLine(Integer.parseInt(stat.split(" ")[1])))
                .filter(HostProcess::isCriu)
                .isPresent();
    }

    /** @param commandLine of CRIU itself or the loader that it is started by, not of a capsule with CRIU in its words */
    static boolean isCriu(String commandLine) {
        String program = commandLine.split("\0", 2)[0];
        return program.contains("criu") && !program.contains("homeport-capsule");
    }

    private static boolean pendingKill(String status, String field) {
        int at = status.indexOf(field);
        return at < 0 || (Long.parseUnsignedLong(status.substring(at + field.length()).split("\n", 2)[0], 16) & SIGKILL_BIT) != 0;
    }

    /** Its network namespace, e.g. {@code net:[4026531840]}; a lab node has one, whatever capsules are in it. */
    static Optional<String> net(long pid) {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/net")).toString());
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static Optional<String> read(int pid, String file) {
        try {
            return Optional.of(new String(Files.readAllBytes(Path.of("/proc/" + pid + "/" + file)), StandardCharsets.ISO_8859_1));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
