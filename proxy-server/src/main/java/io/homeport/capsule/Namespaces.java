package io.homeport.capsule;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The kinds of Linux namespaces a process may have apart from this one's (namespaces(7)), with nsenter(1)'s option for each. */
public enum Namespaces {
    MOUNT("mnt", "--mount"),
    PID("pid", "--pid"),
    NET("net", "--net"),
    IPC("ipc", "--ipc"),
    UTS("uts", "--uts"),
    USER("user", "--user");

    private final String link;
    private final String option;

    Namespaces(String link, String option) {
        this.link = link;
        this.option = option;
    }

    /**
     * The kinds in which process {@code pid} is somewhere else than this process.
     *
     * @throws IOException if there is no such process, or it may not be looked at
     */
    public static Set<Namespaces> apart(int pid) throws IOException {
        Set<Namespaces> apart = EnumSet.noneOf(Namespaces.class);
        for (Namespaces kind : values()) {
            if (!kind.id("" + pid).equals(kind.id("self"))) {
                apart.add(kind);
            }
        }
        return apart;
    }

    /** The kernel's name of this kind's namespace of a process, such as {@code pid:[4026532177]}; equal names are one namespace. */
    public String id(int pid) throws IOException {
        return id("" + pid);
    }

    /** The start of a command line that runs what follows in namespaces {@code kinds} of {@code pid}; empty if there are none. */
    static List<String> enter(int pid, Set<Namespaces> kinds) {
        List<String> words = new ArrayList<>();
        if (!kinds.isEmpty()) {
            words.addAll(List.of("nsenter", "--target", "" + pid));
            kinds.forEach(kind -> words.add(kind.option));
            words.add("--");
        }
        return words;
    }

    private String id(String pid) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + link)).toString();
    }
}
