package io.homeport.handover;

import io.homeport.posix.NativeLibrary;
import io.homeport.process.ThreadFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Where the agent is in a process: its thread, and the fd of its control pair's end M, both told by the thread's name {@code homeport@M}
 * (proc_pid_comm(5): 15 characters, enough for fds up to 999,999).
 */
record AgentThread(int pid, int tid, int fd) {
    private static final String NAME_PREFIX = "homeport@";

    static AgentThread find(int pid) throws IOException {
        AgentThread found = null;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks) {
                String name = ThreadFile.read(task.resolve("comm")).trim();
                if (name.matches(NAME_PREFIX + "[0-9]{1,6}")) {
                    int fd = Integer.parseInt(name.substring(NAME_PREFIX.length()));
                    found = new AgentThread(pid, Integer.parseInt(task.getFileName().toString()), fd);
                }
            }
        } catch (NoSuchFileException e) {
            throw new IOException("there is no process " + pid, e);
        }
        // A thread may have any name; the library's presence makes it ours.
        if (found == null || !ThreadFile.read(Path.of("/proc/" + pid + "/maps")).contains(NativeLibrary.FILE_NAME)) {
            throw new AgentMissing(pid);
        }
        return found;
    }
}
