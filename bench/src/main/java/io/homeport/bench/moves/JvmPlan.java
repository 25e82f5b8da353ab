package io.homeport.bench.moves;

import java.util.ArrayList;
import java.util.List;

/**
 * How the JVMs are started: those that are moved and the one that is the floor in the same way.
 *
 * @param java path of the program
 * @param heapMb live data, MB
 * @param classPath where {@link EchoService} is
 */
public record JvmPlan(String java, int heapMb, String classPath) {
    /** Room for the JVM's own objects and some garbage beside the live data. */
    private static final int SPARE_MB = 64;

    /** The words that start an {@link EchoService}. @param port 0 for none. @param options further ones for the JVM */
    public List<String> words(int port, String readyFile, String... options) {
        int most = 2 * heapMb + SPARE_MB;
        List<String> words = new ArrayList<>(List.of(java, "-Xmx" + most + "m"));
        words.addAll(List.of(options));
        words.addAll(List.of(
                "-cp", classPath, EchoService.class.getName(), Integer.toString(port), Integer.toString(heapMb), readyFile));
        return words;
    }
}
