package io.homeport.system;

import java.util.ArrayList;
import java.util.List;

/**
 * How a service is started. Immutable: each {@code with} gives another.
 *
 * @param manner with which help of Homeport
 * @param jdk which Java
 * @param options the JVM's
 * @param main the service's class; its argument is the command port
 * @param standardStreams redirections of a shell line
 * @param directory working directory, null for the test's own
 */
record Launch(Manner manner, Jdk jdk, List<String> options, Class<?> main, String standardStreams, String directory) {
    private static final String SILENT = "</dev/null >/dev/null 2>&1";
    private static final String TERMINAL = "terminal";
    /** The launched process ends here when it moves; whoever holds the other end of its pipe or terminal must not see that. */
    private static final String STAY = "; exec sleep 600";

    /** With which help of Homeport a JVM starts. */
    enum Manner {
        /** {@code homeport run --name}: agent and capsule. */
        RUN,
        /** {@code java -javaagent:}. */
        AGENT,
        /** {@code java}, knowing nothing of Homeport. */
        BARE
    }

    /** The usual: in a capsule, silent, a small heap, so that an image is small too. */
    static Launch of(Jdk jdk, Class<?> main) {
        return new Launch(Manner.RUN, jdk, List.of("-Xmx96m", "-XX:+UseSerialGC"), main, SILENT, null);
    }

    Launch with(Manner other) {
        return new Launch(other, jdk, options, main, standardStreams, directory);
    }

    Launch withOptions(String... more) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return new Launch(manner, jdk, List.copyOf(all), main, standardStreams, directory);
    }

    Launch withStandardStreams(String redirections) {
        return new Launch(manner, jdk, options, main, redirections, directory);
    }

    /** On a terminal, whose output script(1) copies to the test. */
    Launch withTerminal() {
        return withStandardStreams(TERMINAL);
    }

    Launch inDirectory(String other) {
        return new Launch(manner, jdk, options, main, standardStreams, other);
    }

    /** The words to be run in a node. */
    List<String> words(Harbour harbour, String name, int commandPort) {
        List<String> java = new ArrayList<>();
        if (manner == Manner.RUN && !Harbour.STILL) {
            java.addAll(List.of("homeport", "run", "--name", name, "--"));
        }
        java.add(jdk.program("java"));
        if (manner == Manner.AGENT && !Harbour.STILL) {
            java.add("-javaagent:" + harbour.agentJar());
        }
        java.addAll(options);
        java.addAll(List.of("-cp", harbour.serviceClassPath(), main.getName(), Integer.toString(commandPort)));
        String cd = directory == null ? "" : "cd " + directory + " && ";
        if (standardStreams.equals(TERMINAL)) {
            // script has a session and a pseudo-terminal made for its command.
            return List.of("script", "--quiet", "--flush", "--command", cd + String.join(" ", java) + STAY, "/dev/null");
        }
        String line = standardStreams.isEmpty() ? cd + "\"$@\"" + STAY : cd + "exec \"$@\" " + standardStreams;
        List<String> words = new ArrayList<>(List.of("/bin/bash", "-c", line, "service"));
        words.addAll(java);
        return words;
    }
}
