package io.homeport.bench.moves;

import java.util.List;

/**
 * How the JVMs are started: the one that is moved and the one that is the floor in the same way.
 *
 * @param java path of the program
 * @param heapMb live data, MB
 * @param classPath where {@link EchoService} is
 */
public record JvmPlan(String java, int heapMb, String classPath) {
    /** Room for the JVM's own objects and some garbage beside the live data. */
    private static final int SPARE_MB = 64;

    /** The words that start an {@link EchoService}. @param port 0 for none */
    public List<String> words(int port, String readyFile) {
        int most = 2 * heapMb + SPARE_MB;
        return List.of(
                java,
                "-Xmx" + most + "m",
                "-cp",
                classPath,
                EchoService.class.getName(),
                Integer.toString(port),
                Integer.toString(heapMb),
                readyFile);
    }
}
