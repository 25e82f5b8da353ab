package io.homeport.service;

import io.homeport.handover.AgentControl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Finds the services of this node: the JVMs in which an agent waits. Looks into /proc each time; any thread. */
public final class ServiceDirectory {
    private ServiceDirectory() {}

    /** A JVM with an agent. */
    public record Found(int pid, String name, List<String> commandLine) {}

    /** All of them, in the order of their process ids. */
    public static List<Found> all() throws IOException {
        List<Found> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                int pid = Integer.parseInt(process.getFileName().toString());
                try {
                    AgentControl.open(pid).close();
                    List<String> commandLine = commandLine(pid);
                    found.add(new Found(pid, ServiceName.of(commandLine), commandLine));
                } catch (IOException noAgentOrEnded) {
                    continue;
                }
            }
        }
        found.sort(java.util.Comparator.comparingInt(Found::pid));
        return found;
    }

    /**
     * The process that a user means.
     *
     * @param target a process id of this node, or a service's name
     * @throws IOException if there is no such service, or several
     */
    public static int find(String target) throws IOException {
        OptionalInt pid = number(target);
        if (pid.isPresent()) {
            if (Files.notExists(Path.of("/proc/" + target))) {
                throw new IOException("there is no process " + target + " on this node; 'homeport ps' lists its services");
            }
            return pid.getAsInt();
        }
        List<Found> named = all().stream().filter(found -> found.name().equals(target)).toList();
        if (named.isEmpty()) {
            throw new IOException("no service is called '" + target + "' on this node; 'homeport ps' lists its services");
        }
        if (named.size() > 1) {
            throw new IOException("several services are called '" + target + "': processes "
                    + named.stream().map(found -> "" + found.pid()).toList() + "; say which by its process id");
        }
        return named.get(0).pid();
    }

    public static List<String> commandLine(int pid) throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline"));
        return List.of(new String(bytes, StandardCharsets.UTF_8).split("\0"));
    }

    private static OptionalInt number(String target) {
        try {
            return OptionalInt.of(Integer.parseInt(target));
        } catch (NumberFormatException name) {
            return OptionalInt.empty();
        }
    }
}
