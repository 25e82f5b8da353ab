package io.homeport.bench.soak;

import io.homeport.lab.LabNode;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import java.io.File;
import java.io.IOException;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Where and when a fault strikes: the first move of a turn. Used by the fault's thread.
 *
 * @param move the move that is aimed at
 * @param momentNs after its start
 */
record FaultScene(
        LabNode source, LabNode destination, LabNode origin, MoveTry move, CopyWatch watch, Random random, long momentNs) {
    private static final int LEAST_MS = 100;

    /** Does nothing until the moment has come. */
    void awaitMoment() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(move.startedNs() + momentNs - System.nanoTime());
    }

    /** Lasts for 0.1 s up to {@code mostMs}; short faults are as frequent as long ones on a logarithmic scale. */
    void last(int mostMs) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(Math.round(LEAST_MS * Math.pow(mostMs / (double) LEAST_MS, random.nextDouble())));
    }

    String service() {
        return move.seat().service();
    }

    /** The daemon's process as the host numbers it. @throws IOException if there is none */
    static int daemon(LabNode node) throws IOException {
        String end = "\0node\0--config\0" + node.directory().resolve("node.yaml") + "\0";
        for (String entry : Optional.ofNullable(new File("/proc").list()).orElse(new String[0])) {
            if (Character.isDigit(entry.charAt(0))) {
                int pid = Integer.parseInt(entry);
                String words = HostProcess.commandLine(pid).orElse("");
                if (words.endsWith(end) && words.split("\0", 2)[0].endsWith("java")) {
                    return pid;
                }
            }
        }
        throw new IOException("node " + node.name() + " has no daemon; see " + node.log());
    }

    /** Stops a process, and waits until every thread of it has stopped. */
    static void stop(int pid) throws InterruptedException {
        Posix.kill(pid, Linux.SIGSTOP);
        for (String thread : Optional.ofNullable(new File("/proc/" + pid + "/task").list()).orElse(new String[0])) {
            while (HostProcess.stat(Integer.parseInt(thread)).filter(stat -> "TtZX".indexOf(stat.charAt(0)) < 0).isPresent()) {
                Thread.sleep(1);
            }
        }
    }

    static void goOn(int pid) {
        Posix.kill(pid, Linux.SIGCONT);
    }

    /** Runs a shell line in a node to its end. */
    static void shell(LabNode node, String line) throws IOException, InterruptedException {
        Process process = node.exec("/bin/bash", "-c", line).redirectInput(new File("/dev/null")).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException("on node " + node.name() + ": " + line + ": " + said.strip());
        }
    }
}
